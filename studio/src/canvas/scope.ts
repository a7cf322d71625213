/** Which layer or group is meant by a pixel. Pure. */

import type { Layer } from "../api/types.ts";

/** From the outermost group that a layer is in to the layer itself. */
export function chainOf(layers: readonly Layer[], index: number): Layer[] {
  const chain: Layer[] = [];
  let at = layers.find((layer) => layer.index === index);
  while (at !== undefined) {
    chain.unshift(at);
    const parent: number | null = at.parent;
    at = parent === null ? undefined : layers.find((layer) => layer.index === parent);
  }
  return chain;
}

/** The outermost group around a layer, but what something is selected in is open: there it is the member. */
export function meantBy(layers: readonly Layer[], index: number, selection: Iterable<number>): number {
  const open = new Set([...selection].flatMap((one) => chainOf(layers, one).slice(0, -1).map((group) => group.index)));
  return chainOf(layers, index).find((layer) => !open.has(layer.index))?.index ?? index;
}

/** One step further in from `meant`, towards the layer. */
export function inwards(layers: readonly Layer[], index: number, meant: number): number {
  const chain = chainOf(layers, index);
  const at = chain.findIndex((layer) => layer.index === meant);
  return chain[at + 1]?.index ?? index;
}

/** Whether it, and all that it is in, shows and is free. */
export function isFree(layers: readonly Layer[], index: number): boolean {
  return chainOf(layers, index).every((layer) => layer.visible && !layer.locked);
}

/** Whether operations on it would be taken: neither it nor what is around or in it is locked. */
export function isMovable(layers: readonly Layer[], index: number): boolean {
  const isInner = (layer: Layer) => chainOf(layers, layer.index).some((one) => one.index === index);
  return chainOf(layers, index).every((layer) => !layer.locked) && !layers.some((layer) => layer.locked && isInner(layer));
}

/** What a canvas full of layers stands on: the lowest one, if it fills the canvas. A drag from it draws a marquee. */
export function groundOf(layers: readonly Layer[], width: number, height: number): number | null {
  const lowest = layers.find((layer) => layer.visible && layer.kind !== "group");
  if (lowest === undefined) return null;
  const [x, y, w, h] = lowest.bbox;
  return x <= 0 && y <= 0 && x + w >= width && y + h >= height ? lowest.index : null;
}
