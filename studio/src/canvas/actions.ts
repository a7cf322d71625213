/** What keys do to what is selected. */

import type { Layer } from "../api/types.ts";
import { layers, select, selection } from "../state/document.ts";
import { apply } from "../state/edit.ts";
import { tell } from "../state/notices.ts";
import { named } from "./drag.ts";
import { tool, wordsWanted } from "./feedback.ts";
import { outermost } from "./frame.ts";
import { cancelNudge } from "./nudge.ts";
import { cancelGesture } from "./pointer.ts";
import { isFree, isMovable } from "./scope.ts";

/** The selected layers and groups that can be changed. Tells why, where there are none. */
export function changeable(): number[] {
  const chosen = outermost(layers.value, selection.value);
  const free = chosen.filter((index) => isMovable(layers.value, index));
  if (chosen.length > 0 && free.length === 0) tell("info", "canvas.locked");
  return free;
}

/** `digit` 1 is 10 %, 0 is all. */
export function fade(digit: number): void {
  const indices = changeable();
  const to = digit === 0 ? 1 : digit / 10;
  if (indices.length > 0) void apply([{ op: "opacity", layer: named(indices), to }]);
}

/** Everything that can be seen and is free, in the group that is open. */
export function selectAll(): void {
  select(siblings().map((layer) => layer.index));
}

/** The next one further back, or further in front, round and round. Whether there was one to go on from. */
export function cycle(step: 1 | -1): boolean {
  const around = siblings().toReversed();
  const at = around.findIndex((layer) => selection.value.has(layer.index));
  const next = around[(at + step + around.length) % around.length];
  if (at < 0 || next === undefined) return false;
  select([next.index]);
  return true;
}

/** Into a group, to the words of a text; from nothing, to the layer in front. Whether there was a way in. */
export function enter(): boolean {
  const [index] = outermost(layers.value, selection.value);
  const layer = index === undefined ? undefined : layerOf(index);
  if (layer?.kind === "group") {
    const inner = layers.value.findLast((one) => one.parent === layer.index);
    if (inner !== undefined) select([inner.index]);
    return true;
  }
  if (layer?.text != null) wordsWanted.value = layer.index;
  else if (layer === undefined) select(siblings().slice(-1).map((one) => one.index));
  return true;
}

/** What is under way first, then out of a group, then nothing is selected. Whether there was anything to leave. */
export function escape(): boolean {
  if (cancelGesture() || cancelNudge()) return true;
  if (tool.value === "hand") {
    tool.value = "move";
    return true;
  }
  if (selection.value.size === 0) return false;
  const parents = new Set([...selection.value].map((index) => layerOf(index)?.parent ?? null));
  const [parent = null] = parents;
  select(parents.size === 1 && parent !== null ? [parent] : []);
  return true;
}

function siblings(): Layer[] {
  const [first] = outermost(layers.value, selection.value);
  const home = first === undefined ? null : layerOf(first)?.parent ?? null;
  return layers.value.filter((layer) => layer.parent === home && isFree(layers.value, layer.index));
}

function layerOf(index: number): Layer | undefined {
  return layers.value.find((layer) => layer.index === index);
}
