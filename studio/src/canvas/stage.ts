/** The Konva stage, its layers from below to above, and its life. What works on it is attached here, a line each. */

import { effect } from "@preact/signals";
import { Konva } from "konva/lib/Global.js";
import { Group } from "konva/lib/Group.js";
import { Layer } from "konva/lib/Layer.js";
import { Stage } from "konva/lib/Stage.js";
import { density, pan, resized, scale, zoom } from "../state/view.ts";
import { attachBoard } from "./board.ts";
import { attachExact } from "./exact.ts";
import { attachNodes, type Nodes } from "./nodes.ts";
import { attachPanZoom } from "./pan_zoom.ts";

/** What is attached gets this, and gives back how to take it away. */
export interface Scene {
  stage: Stage;
  container: HTMLElement;
  /** In the document's pixels: one node a layer. */
  preview: Group;
  /** In the document's pixels: the server's picture. */
  exact: Group;
  nodes: Nodes;
  /** On top, in the stage's pixels: handles, guides, frames. */
  overlay: Layer;
}

export function attachStage(container: HTMLDivElement): () => void {
  Konva.pixelRatio = density.value;
  const stage = new Stage({ container, width: 1, height: 1 });
  const under = new Layer({ listening: false });
  const picture = new Layer();
  const overlay = new Layer();
  const [preview, exact] = [new Group(), new Group({ listening: false })];
  picture.add(preview, exact);
  stage.add(under, picture, overlay);
  const nodes = attachNodes(preview);
  const scene: Scene = { stage, container, preview, exact, nodes, overlay };
  const detach = [
    attachBoard(under),
    attachExact(exact, preview),
    attachPanZoom(container),
    follow(scene, picture),
    measure(scene),
    nodes.stop,
  ];
  return () => {
    for (const one of detach) one();
    stage.destroy();
  };
}

function follow({ preview, exact }: Scene, picture: Layer): () => void {
  return effect(() => {
    const [x, y] = pan.value;
    const place = { x, y, scaleX: scale.value, scaleY: scale.value };
    preview.setAttrs(place);
    exact.setAttrs(place);
    // Pixels stay pixels where there is a screen's for each, or more.
    picture.imageSmoothingEnabled(zoom.value < 1);
  });
}

function measure({ stage, container }: Scene): () => void {
  const seen = new ResizeObserver(() => {
    const [width, height] = [container.clientWidth, container.clientHeight];
    if (width === 0 || height === 0) return;
    resized(width, height);
    for (const layer of stage.getLayers()) layer.getCanvas().setPixelRatio(density.value);
    stage.size({ width, height });
  });
  seen.observe(container);
  return () => seen.disconnect();
}
