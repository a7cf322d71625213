/** The canvases of the stage, from below to above, and their life. What works on them is attached here, a line each. */

import { effect } from "@preact/signals";
import type { Box } from "../api/types.ts";
import { mapped } from "../geometry/matrix.ts";
import { shown } from "../state/document.ts";
import { compare, density, resized, stageSize, toStage, zoom } from "../state/view.ts";
import { paintBoard } from "./board.ts";
import { original, split } from "./compare.tsx";
import { attachExact } from "./exact.ts";
import { viewOf } from "./frozen.ts";
import { attachNodes } from "./nodes.ts";
import { followOverlay, paintOverlay } from "./overlay.ts";
import { attachPanZoom } from "./pan_zoom.ts";
import { attachPointer } from "./pointer.ts";
import type { Scene } from "./scene.ts";
import { forgetBuffers, paintSprites } from "./sprites.ts";
import { type Pen, Surface } from "./surface.ts";

export function attachStage(container: HTMLDivElement): () => void {
  const under = new Surface(container, (pen) => {
    const box = documentBox();
    if (box !== null) paintBoard(pen, box, density.peek());
  });
  const picture = new Surface(container, (pen) => paintPicture(pen, scene));
  const over = new Surface(container, (pen) => {
    pen.scale(density.peek(), density.peek());
    paintOverlay(pen);
  });
  const scene: Scene = {
    container, nodes: attachNodes(), exact: attachExact(), frozen: null, repaint: () => picture.request(),
  };
  const surfaces = [under, picture, over];
  const detach = [
    painted(scene, under, picture, over),
    attachPanZoom(container),
    attachPointer(scene),
    measure(container, surfaces),
    () => scene.frozen?.thaw(),
    scene.exact.stop,
    scene.nodes.stop,
    forgetBuffers,
    ...surfaces.map((surface) => () => surface.stop()),
  ];
  return () => {
    for (const one of detach) one();
  };
}

/** Whatever changes what is seen has it painted anew. */
function painted({ nodes, exact }: Scene, under: Surface, picture: Surface, over: Surface): () => void {
  const effects = [
    effect(() => {
      void [shown.value?.width, shown.value?.height, toStage.value];
      under.request();
    }),
    effect(() => {
      void [nodes.tree.value, exact.seen.value, toStage.value, compare.value, original.value, split.value];
      picture.request();
    }),
    effect(() => {
      followOverlay();
      over.request();
    }),
  ];
  return () => {
    for (const stop of effects) stop();
  };
}

function paintPicture(pen: Pen, { nodes, exact, frozen }: Scene): void {
  const box = documentBox();
  if (box === null) return;
  const view = viewOf();
  // Pixels stay pixels where there is a screen's for each, or more.
  pen.imageSmoothingEnabled = zoom.peek() < 1;
  pen.beginPath();
  pen.rect(...box);
  pen.clip();
  const seen = exact.seen.peek();
  if (seen !== null) {
    pen.setTransform(...view);
    pen.drawImage(seen, 0, 0);
  } else if (frozen !== null) frozen.paint(pen);
  else paintSprites(pen, nodes.tree.peek(), view);
  paintOriginal(pen, box);
}

/** Left of the line, or all of it. */
function paintOriginal(pen: Pen, [x, y, width, height]: Box): void {
  const [before, image] = [compare.peek(), original.peek()];
  if (before === "off" || image === null) return;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.beginPath();
  pen.rect(x, y, Math.round(width * (before === "split" ? split.peek() : 1)), height);
  pen.clip();
  pen.clearRect(x, y, width, height);
  pen.setTransform(...viewOf());
  pen.drawImage(image, 0, 0);
}

/** On the screen's pixels. */
function documentBox(): Box | null {
  const document = shown.peek();
  if (document === null) return null;
  const view = viewOf();
  const [x, y] = mapped([0, 0], view);
  return [x, y, document.width * view[0], document.height * view[3]];
}

function measure(container: HTMLElement, surfaces: readonly Surface[]): () => void {
  const seen = new ResizeObserver(() => {
    const [width, height] = [container.clientWidth, container.clientHeight];
    if (width === 0 || height === 0) return;
    resized(width, height);
    for (const surface of surfaces) surface.resize(...stageSize.value, density.value);
  });
  seen.observe(container);
  return () => seen.disconnect();
}
