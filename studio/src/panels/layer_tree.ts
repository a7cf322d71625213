/** The list of layers as a tree, front first: its rows, where something that is dropped comes to lie, and what a click
 * selects. Pure. */

import type { Layer, Operation } from "../api/types.ts";
import { operated, within } from "../state/preview.ts";

export interface Row {
  layer: Layer;
  /** 1 for what is in no group. */
  level: number;
  /** Counted from 1 among the `count` rows of the same group. */
  place: number;
  count: number;
  /** Of a group, whether what is in it is not listed; null for a layer. */
  folded: boolean | null;
}

/** Next to a row's layer, in front of it (`above`) or behind it, or at the front within it. */
export interface Target {
  index: number;
  where: "above" | "below" | "into";
}

/** Front first; `layers` are living ones, bottom to top. */
export function rowsOf(layers: readonly Layer[], folded: ReadonlySet<number>, parent: number | null = null, level = 1): Row[] {
  const siblings = layers.filter((layer) => layer.parent === parent).toReversed();
  return siblings.flatMap((layer, at) => {
    const isGroup = layer.kind === "group";
    const row = { layer, level, place: at + 1, count: siblings.length, folded: isGroup ? folded.has(layer.index) : null };
    return row.folded === false ? [row, ...rowsOf(layers, folded, layer.index, level + 1)] : [row];
  });
}

/** The deleted ones that can be restored: not what went with a group, nor a group that nothing is in any more. */
export function deletedOf(layers: readonly Layer[]): Layer[] {
  const byIndex = new Map(layers.map((layer) => [layer.index, layer]));
  const wentAlong = (layer: Layer): boolean => {
    const group = layer.parent === null ? undefined : byIndex.get(layer.parent);
    return group !== undefined && (group.deleted || wentAlong(group));
  };
  const isEmpty = (layer: Layer) => layer.kind === "group" && !layers.some((one) => one.parent === layer.index);
  return layers.filter((layer) => layer.deleted && !wentAlong(layer) && !isEmpty(layer)).toReversed();
}

/** The groups around a layer, the innermost first. */
export function around(layers: readonly Layer[], index: number): number[] {
  const parent = layers.find((layer) => layer.index === index)?.parent ?? null;
  return parent === null ? [] : [parent, ...around(layers, parent)];
}

/** Without what is in a group that is selected too: that goes with it. Bottom to top. */
export function outermost(layers: readonly Layer[], selection: ReadonlySet<number>): number[] {
  const meant = layers.filter(({ index }) => selection.has(index) && !around(layers, index).some((group) => selection.has(group)));
  return meant.map((layer) => layer.index);
}

/** What a click or key leaves selected, and from where the next range begins. */
export interface Picked {
  selection: ReadonlySet<number>;
  anchor: number;
}

export function picked(rows: readonly Row[], before: Picked, index: number, held: { shift: boolean; ctrl: boolean }): Picked {
  if (held.shift) {
    const ends = [before.anchor, index].map((one) => rows.findIndex((row) => row.layer.index === one)) as [number, number];
    const [from, to] = ends[0] < 0 ? [ends[1], ends[1]] : ends.sort((a, b) => a - b);
    const range = rows.slice(from, to + 1).map((row) => row.layer.index);
    const anchor = ends.includes(-1) ? index : before.anchor;
    return { selection: new Set(held.ctrl ? [...before.selection, ...range] : range), anchor };
  }
  if (!held.ctrl) return { selection: new Set([index]), anchor: index };
  const selection = new Set(before.selection);
  if (!selection.delete(index)) selection.add(index);
  return { selection, anchor: index };
}

/**
 * Where something dropped on a row goes. `fraction` is how far down the row the pointer is, 0–1; `level` is the deepest
 * level that the pointer's place along the line stands for: behind the last of a group it tells in which group.
 */
export function targetAt(rows: readonly Row[], at: number, fraction: number, level: number): Target | null {
  const row = rows[at];
  if (row === undefined) return null;
  const { index } = row.layer;
  if (row.folded !== null && fraction > 0.25 && (fraction < 0.75 || row.folded === false)) return { index, where: "into" };
  if (fraction < 0.5) return { index, where: "above" };
  const below = rows[at + 1]?.level ?? 1;
  let last: Row = row;
  while (last.level > below && last.level > level) {
    const group = rows.find((one) => one.layer.index === last.layer.parent);
    if (group === undefined) break;
    last = group;
  }
  return { index: last.layer.index, where: "below" };
}

/** What moves these layers there; none where that changes nothing, null where they cannot go there. */
export function dropped(layers: readonly Layer[], moved: readonly number[], target: Target): Operation[] | null {
  const inside = new Set(moved.flatMap((index) => within(layers, index)));
  if (inside.has(target.index) && !(target.where !== "into" && moved.includes(target.index))) return null;
  const group = layers.find((layer) => layer.index === target.index);
  if (group === undefined || moved.length === 0) return null;
  const operations = target.where === "into" ? into(layers, moved, group) : beside(layers, moved, target);
  return operations !== null && operations.length > 0 && isAsBefore(layers, operations) ? [] : operations;
}

function beside(layers: readonly Layer[], moved: readonly number[], { index, where }: Target): Operation[] {
  if (!moved.includes(index)) return [{ op: "reorder", layer: moved, [where]: index }];
  // Next to one that moves too: they come together at its place, next to what stays there.
  const parent = layers.find((layer) => layer.index === index)?.parent ?? null;
  const siblings = layers.filter((layer) => layer.parent === parent).map((layer) => layer.index);
  const at = siblings.indexOf(index);
  const lower = siblings.slice(0, at).findLast((one) => !moved.includes(one));
  const upper = siblings.slice(at + 1).find((one) => !moved.includes(one));
  if (lower !== undefined) return [{ op: "reorder", layer: moved, above: lower }];
  if (upper !== undefined) return [{ op: "reorder", layer: moved, below: upper }];
  const last = siblings.length === moved.length ? undefined : moved.find((one) => !siblings.includes(one));
  // Nothing stays in this group: those from elsewhere come in first, next to the one that is there.
  return last === undefined ? [] : [{ op: "reorder", layer: moved.filter((one) => one !== index), [where]: index }];
}

/** To the front of a group. The service places things next to others, so there must be something in it. */
function into(layers: readonly Layer[], moved: readonly number[], group: Layer): Operation[] | null {
  const inner = layers.filter((layer) => layer.parent === group.index);
  const front = inner.findLast((layer) => !moved.includes(layer.index));
  if (front !== undefined) return [{ op: "reorder", layer: moved, above: front.index }];
  const there = inner.at(-1);
  return there === undefined ? null : beside(layers, moved, { index: there.index, where: "above" });
}

/** Whether the same lies over the same, in the same groups. */
function isAsBefore(layers: readonly Layer[], operations: readonly Operation[]): boolean {
  const after = operated({ layers: [...layers] }, operations).layers;
  return layers.every((layer, at) => layer.index === after[at]?.index && layer.parent === after[at].parent);
}

/** One step to the front or to the back; from the end of a group out of it. Null where it is at the end already. */
export function stepped(layers: readonly Layer[], moved: readonly number[], up: boolean): Operation[] | null {
  const ends = up ? moved.at(-1) : moved[0];
  const first = layers.find((layer) => layer.index === ends);
  if (first === undefined) return null;
  const siblings = layers.filter((layer) => layer.parent === first.parent).map((layer) => layer.index);
  const line = up ? siblings : siblings.toReversed();
  const next = line.slice(line.indexOf(first.index) + 1).find((one) => !moved.includes(one));
  const way = up ? "above" : "below";
  if (next !== undefined) {
    const places = moved.map((one) => siblings.indexOf(one)).sort((a, b) => a - b);
    const isBlock = places.every((place, at) => place >= 0 && place === (places[0] as number) + at);
    return [isBlock ? { op: "reorder", layer: moved, [way]: next } : { op: "reorder", layer: moved, to: up ? "forward" : "backward" }];
  }
  return first.parent === null ? null : [{ op: "reorder", layer: moved, [way]: first.parent }];
}

/** To the front or to the back of its group. */
export function toEnd(layers: readonly Layer[], moved: readonly number[], front: boolean): Operation[] | null {
  const operations = [{ op: "reorder", layer: moved, to: front ? "top" : "bottom" }];
  return moved.length === 0 || isAsBefore(layers, operations) ? null : operations;
}
