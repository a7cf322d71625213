/**
 * Operations that place what is selected, as one or several together, and how it looks until the server has answered.
 * Pure; boxes are those that the server reckons with, not rounded to pixels.
 */

import type { Box, Layer, Operation } from "../api/types.ts";
import { type Changes, within } from "../state/preview.ts";
import { boxAround, boxMapped } from "./box.ts";
import { type Matrix, then, translation } from "./matrix.ts";

export interface Arranged {
  operations: Operation[];
  changes: Changes;
}

/** What is asked for where: the layers of the document, and those of them that are meant. */
export interface Arranging {
  layers: readonly Layer[];
  meant: readonly Layer[];
}

/** Against which edge, or the middle, of what they are aligned to. */
export type Side = "left" | "center" | "right" | "top" | "middle" | "bottom";

/** Nothing below a thousandth of a pixel counts. */
const LEAST = 1e-3;

/** Around a layer, or around all that is in a group. */
export function boxOf(layer: Layer, layers: readonly Layer[]): Box {
  if (layer.kind === "group") {
    const inner = within(layers, layer.index).map((index) => layers.find((one) => one.index === index));
    const leaves = inner.filter((one): one is Layer => one !== undefined && one.kind !== "group" && !one.deleted);
    return boxAround(leaves.map((leaf) => boxOf(leaf, layers))) ?? layer.bbox;
  }
  if (layer.changed.includes("crop")) return layer.bbox;
  return boxMapped([0, 0, layer.source_bbox[2], layer.source_bbox[3]], layer.matrix);
}

/** Around all that are meant; `null` of none. */
export function boxOfAll({ layers, meant }: Arranging): Box | null {
  return boxAround(outermost(meant, layers).map((layer) => boxOf(layer, layers)));
}

/** Their box's corner comes to lie there. */
export function movedTo(asked: Arranging, x: number | null, y: number | null): Arranged {
  const box = boxOfAll(asked) ?? [0, 0, 0, 0];
  return movedBy(asked, x === null ? 0 : x - box[0], y === null ? 0 : y - box[1]);
}

export function movedBy({ layers, meant }: Arranging, x: number, y: number): Arranged {
  const some = outermost(meant, layers);
  if (Math.abs(x) < LEAST && Math.abs(y) < LEAST) return { operations: [], changes: new Map() };
  const by = { ...(Math.abs(x) < LEAST ? {} : { x: tidy(x) }), ...(Math.abs(y) < LEAST ? {} : { y: tidy(y) }) };
  return {
    operations: [{ op: "move", layer: indices(some), by }],
    changes: changesOf(some, translation(tidy(x), tidy(y))),
  };
}

/** Their box becomes so large, its corner staying; `null` is as it was. */
export function resized(asked: Arranging, width: number | null, height: number | null): Arranged {
  const box = boxOfAll(asked);
  if (box === null || box[2] < LEAST || box[3] < LEAST) return { operations: [], changes: new Map() };
  const by: [number, number] = [width === null ? 1 : width / box[2], height === null ? 1 : height / box[3]];
  if (by[0] === 1 && by[1] === 1) return { operations: [], changes: new Map() };
  const matrix: Matrix = [by[0], 0, 0, by[1], box[0] * (1 - by[0]), box[1] * (1 - by[1])];
  const said = by[0] === by[1] ? by[0] : { x: by[0], y: by[1] };
  return about(asked, [box[0], box[1]], matrix, (anchor) => ({ op: "scale", by: said, anchor }));
}

/** Clockwise, about the middle of their box. */
export function turned(asked: Arranging, degrees: number): Arranged {
  const box = boxOfAll(asked);
  const by = ((degrees % 360) + 360) % 360;
  if (box === null || by === 0) return { operations: [], changes: new Map() };
  const centre = middleOf(box);
  return about(asked, centre, rotation(by, centre), (anchor) => ({ op: "rotate", by: by > 180 ? by - 360 : by, anchor }));
}

/** In a mirror through the middle of their box. */
export function flipped(asked: Arranging, axis: "horizontal" | "vertical"): Arranged {
  const box = boxOfAll(asked);
  if (box === null) return { operations: [], changes: new Map() };
  const [x, y] = middleOf(box);
  const matrix: Matrix = axis === "horizontal" ? [-1, 0, 0, 1, 2 * x, 0] : [1, 0, 0, -1, 0, 2 * y];
  return about(asked, [x, y], matrix, (anchor) => ({ op: "flip", axis, anchor }));
}

/** Each by itself comes to lie against a side of the box. */
export function aligned({ layers, meant }: Arranging, side: Side, to: Box): Arranged {
  const each = outermost(meant, layers).map((layer) => {
    const [x, y] = offset(boxOf(layer, layers), side, to);
    return movedBy({ layers, meant: [layer] }, x, y);
  });
  return joined(each);
}

/** The same room between each two, the outermost staying where they are; for three or more. */
export function distributed({ layers, meant }: Arranging, axis: "horizontal" | "vertical"): Arranged {
  const [at, size] = axis === "horizontal" ? ([0, 2] as const) : ([1, 3] as const);
  const boxes = outermost(meant, layers).map((layer) => ({ layer, box: boxOf(layer, layers) }));
  boxes.sort((one, other) => one.box[at] + one.box[size] / 2 - (other.box[at] + other.box[size] / 2));
  const [first, last] = [boxes[0], boxes.at(-1)];
  if (first === undefined || last === undefined || boxes.length < 3) return joined([]);
  const taken = boxes.reduce((sum, { box }) => sum + box[size], 0);
  const gap = (last.box[at] + last.box[size] - first.box[at] - taken) / (boxes.length - 1);
  let next = first.box[at];
  return joined(
    boxes.map(({ layer, box }) => {
      const by = next - box[at];
      next += box[size] + gap;
      return axis === "horizontal" ? movedBy({ layers, meant: [layer] }, by, 0) : movedBy({ layers, meant: [layer] }, 0, by);
    }),
  );
}

/** Without those that are in a group that is meant too: they go with it. */
export function outermost(meant: readonly Layer[], layers: readonly Layer[]): Layer[] {
  const inner = new Set(meant.flatMap((layer) => within(layers, layer.index).slice(1)));
  return meant.filter((layer) => !inner.has(layer.index));
}

/** One operation each, about the same point of the canvas, said as a share of each one's own box. */
function about(
  { layers, meant }: Arranging, point: readonly [number, number], matrix: Matrix, operation: (anchor: number[]) => Operation,
): Arranged {
  const some = outermost(meant, layers);
  const operations = some.map((layer) => {
    const [x, y, width, height] = boxOf(layer, layers);
    const anchor = [share(point[0] - x, width), share(point[1] - y, height)];
    return { ...operation(anchor), layer: layer.index };
  });
  return { operations: some.length === 1 ? operations.map(plain) : operations, changes: changesOf(some, matrix) };
}

const NAMES = new Map([["0,0", "top-left"], ["0.5,0.5", "center"]]);

/** With the anchor's name, where it has one. */
function plain(operation: Operation): Operation {
  return { ...operation, anchor: NAMES.get(String(operation["anchor"])) ?? operation["anchor"] };
}

function share(of: number, size: number): number {
  return size < LEAST ? 0 : Math.min(100, Math.max(-100, Math.round((of / size) * 1e9) / 1e9));
}

function offset([x, y, width, height]: Box, side: Side, [left, top, across, down]: Box): [number, number] {
  switch (side) {
    case "left": return [left - x, 0];
    case "center": return [left + (across - width) / 2 - x, 0];
    case "right": return [left + across - width - x, 0];
    case "top": return [0, top - y];
    case "middle": return [0, top + (down - height) / 2 - y];
    case "bottom": return [0, top + down - height - y];
  }
}

function rotation(degrees: number, [x, y]: readonly [number, number]): Matrix {
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return then(then(translation(-x, -y), [cosine, sine, -sine, cosine, 0, 0]), translation(x, y));
}

function middleOf([x, y, width, height]: Box): [number, number] {
  return [x + width / 2, y + height / 2];
}

function changesOf(some: readonly Layer[], delta: Matrix): Changes {
  return new Map(some.map((layer) => [layer.index, { delta }]));
}

function joined(all: readonly Arranged[]): Arranged {
  return { operations: all.flatMap((one) => one.operations), changes: new Map(all.flatMap((one) => [...one.changes])) };
}

function indices(some: readonly Layer[]): number | number[] {
  const [first] = some;
  return some.length === 1 && first !== undefined ? first.index : some.map((layer) => layer.index);
}

/** What is shown with two digits is asked for without noise. */
function tidy(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
