/** The browser's preview: one image a layer and one group a group, kept in step with `shown`. */

import { effect } from "@preact/signals";
import { Group } from "konva/lib/Group.js";
import type { Node } from "konva/lib/Node.js";
import { Image } from "konva/lib/shapes/Image.js";
import { Transform } from "konva/lib/Util.js";
import { picture, pin, unpin } from "../api/pictures.ts";
import type { Document, Layer } from "../api/types.ts";
import { then } from "../geometry/matrix.ts";
import { doc, layers, shown } from "../state/document.ts";
import { bitmapOf } from "../state/preview.ts";
import { byIndex, isIsolated, placing, since } from "./placing.ts";

export interface Nodes {
  /** That of a layer or a group, by index. */
  of(index: number): Image | Group | undefined;
  /** Resolves when the picture of each layer is there. */
  loaded(): Promise<void>;
  stop(): void;
}

interface Held {
  node: Image | Group;
  url: string | null;
  /** That of the picture which is drawn; another than `url` while the next one loads. */
  drawn: string | null;
  /** A gesture lends it a picture. */
  isLent: boolean;
  loading: Promise<void>;
}

/** `world` maps the document's pixels to the stage. */
export function attachNodes(world: Group): Nodes {
  const held = new Map<number, Held>();
  const stop = effect(() => {
    if (shown.value !== null) arrange(world, held, shown.value, layers.value, byIndex(doc.value));
    else clear(held);
  });
  return {
    of: (index) => held.get(index)?.node,
    loaded: async () => void (await Promise.all([...held.values()].map((one) => one.loading))),
    stop: () => {
      stop();
      clear(held);
    },
  };
}

function clear(held: Map<number, Held>): void {
  for (const index of [...held.keys()]) drop(held, index);
}

function drop(held: Map<number, Held>, index: number): void {
  const one = held.get(index);
  if (one === undefined) return;
  if (one.drawn !== null) unpin(one.drawn);
  [one.url, one.drawn] = [null, null]; // what is still loading is not to be drawn
  one.node.remove();
  one.node.destroy();
  held.delete(index);
}

function arrange(world: Group, held: Map<number, Held>, document: Document, living: Layer[], known: Map<number, Layer>): void {
  world.clip({ x: 0, y: 0, width: document.width, height: document.height });
  const there = new Set(living.map((layer) => layer.index));
  // Children before their groups: a group that goes takes nothing along.
  for (const layer of living) if (!held.has(layer.index)) held.set(layer.index, made(layer));
  const places = new Map<Group, number>();
  for (const layer of living) {
    const one = held.get(layer.index) as Held;
    const home = layer.parent === null ? world : (held.get(layer.parent)?.node as Group | undefined) ?? world;
    if (one.node.getParent() !== home) one.node.moveTo(home);
    const place = places.get(home) ?? 0;
    if (one.node.zIndex() !== place) one.node.zIndex(place);
    places.set(home, place + 1);
    dress(one, layer, known.get(layer.index) ?? layer);
  }
  for (const index of [...held.keys()]) if (!there.has(index)) drop(held, index);
}

function made(layer: Layer): Held {
  const name = `layer-${layer.index}`;
  const node = layer.kind === "group" ? new Group({ name }) : new Image({ name, image: undefined });
  return { node, url: null, drawn: null, isLent: false, loading: Promise.resolve() };
}

function dress(one: Held, layer: Layer, known: Layer): void {
  const blend = layer.blend === "normal" ? "source-over" : (layer.blend as GlobalCompositeOperation);
  const node: Node = one.node;
  node.setAttrs({ visible: layer.visible, opacity: layer.opacity, globalCompositeOperation: blend });
  if (one.node instanceof Group) {
    one.node.isolated(isIsolated(layer));
    return;
  }
  const bitmap = bitmapOf(layer);
  if (bitmap !== undefined) return lend(one, one.node, bitmap.image, then(bitmap.matrix, since(layer, known)));
  const placed = placing(layer, known);
  if (placed === null) {
    one.node.visible(false);
    return;
  }
  one.node.setAttr("placed", placed.matrix);
  // The picture before stays where it was until the next one is there: nothing flashes.
  if (placed.url !== one.url || one.isLent) load(one, one.node, placed.url);
  else if (placed.url === one.drawn) place(one.node, placed.matrix);
}

/** A gesture's picture, in the place of the layer's own. */
function lend(one: Held, node: Image, image: CanvasImageSource, matrix: readonly number[]): void {
  one.isLent = true;
  node.image(image as unknown as HTMLImageElement);
  place(node, matrix);
}

function place(node: Node, matrix: readonly number[]): void {
  node.setAttrs(new Transform([...matrix]).decompose());
}

/** What is drawn stays pinned until the next one is there: a picture that is not pinned may be closed at any time. */
function load(one: Held, node: Image, url: string): void {
  pin(url);
  one.url = url;
  one.isLent = false;
  one.loading = picture(url).then(
    (bitmap) => {
      if (one.url !== url) return unpin(url);
      if (one.drawn !== null) unpin(one.drawn);
      one.drawn = url;
      if (one.isLent) return;
      node.image(bitmap as unknown as HTMLImageElement);
      place(node, node.getAttr("placed") as number[]);
    },
    () => unpin(url), // what was drawn stays; the exact picture comes by itself
  );
}
