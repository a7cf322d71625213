/** One layer alone, and all of it back again. Pure. */

import type { Layer, Operation } from "../api/types.ts";
import { around } from "./layer_tree.ts";

/** What was hidden and shown to have one layer alone: what brings back what was seen before. */
export interface Solo {
  index: number;
  hidden: readonly number[];
  shown: readonly number[];
}

/** What hides all that does not belong to a layer: beside it, and beside each group around it. */
export function soloOf(layers: readonly Layer[], index: number): Solo {
  const path = [index, ...around(layers, index)];
  const others = beside(layers, path);
  return {
    index,
    hidden: others.filter((layer) => layer.visible).map((layer) => layer.index),
    shown: layers.filter((layer) => path.includes(layer.index) && !layer.visible).map((layer) => layer.index),
  };
}

/** Whether the layer is seen, and nothing beside it. */
export function isAlone(layers: readonly Layer[], index: number): boolean {
  const { hidden, shown } = soloOf(layers, index);
  return hidden.length === 0 && shown.length === 0;
}

/** Alone, or back again as `before` remembers it; without a memory, as after a reload, everything beside it shows. */
export function soloed(layers: readonly Layer[], index: number, before: Solo | null): { operations: Operation[]; memory: Solo | null } {
  if (!isAlone(layers, index)) {
    // From one alone to another: what was seen before the first comes back in the end.
    const isStillAlone = before !== null && isAlone(layers, before.index);
    const now = soloOf(layers, index);
    return { operations: shownAndHidden(now.shown, now.hidden), memory: isStillAlone ? joined(before, now) : now };
  }
  const there = new Set(layers.map((layer) => layer.index));
  if (before?.index === index) {
    return { operations: shownAndHidden(before.hidden.filter((one) => there.has(one)), before.shown.filter((one) => there.has(one))), memory: null };
  }
  const others = beside(layers, [index, ...around(layers, index)]).map((layer) => layer.index);
  return { operations: shownAndHidden(others, []), memory: null };
}

function beside(layers: readonly Layer[], path: readonly number[]): Layer[] {
  const groups = new Set<number | null>([null, ...path.slice(1)]);
  return layers.filter((layer) => groups.has(layer.parent) && !path.includes(layer.index));
}

/** What two steps have hidden and shown in all. */
function joined(one: Solo, other: Solo): Solo {
  const [hidden, shown] = [new Set(one.hidden), new Set(one.shown)];
  for (const index of other.shown) if (!hidden.delete(index)) shown.add(index);
  for (const index of other.hidden) if (!shown.delete(index)) hidden.add(index);
  return { index: other.index, hidden: [...hidden], shown: [...shown] };
}

function shownAndHidden(shown: readonly number[], hidden: readonly number[]): Operation[] {
  return [
    ...(shown.length > 0 ? [{ op: "show", layer: shown }] : []),
    ...(hidden.length > 0 ? [{ op: "hide", layer: hidden }] : []),
  ];
}
