/** A gesture as operations that the server makes the same of. Pure. */

import type { Box, Layer, Operation } from "../api/types.ts";
import { type Matrix, type Point, then } from "../geometry/matrix.ts";
import { changed } from "../state/preview.ts";
import { about, boundsOf, rotation } from "./frame.ts";

/** Scaled along sides that are turned by `angle`, then turned by `turn`, all about one point. */
export interface Reshaping {
  fixed: Point;
  across: number;
  down: number;
  /** Degrees. */
  angle: number;
  turn: number;
}

const NAMES = [
  ["top-left", "top", "top-right"],
  ["left", "center", "right"],
  ["bottom-left", "bottom", "bottom-right"],
] as const;
/** Anchors are at most so many sizes of the box away. */
const FARTHEST = 100;

export function matrixOf({ fixed, across, down, angle, turn }: Reshaping): Matrix {
  const scaled = then(then(rotation(-angle), [across, 0, 0, down, 0, 0]), rotation(angle + turn));
  return about(fixed, scaled);
}

/** For one layer or group. The last one sets right what an anchor cannot say. */
export function operationsFor(layers: readonly Layer[], index: number, shape: Reshaping): Operation[] {
  const { across, down, angle, turn, fixed } = shape;
  const isScaled = across !== 1 || down !== 1;
  const steps: [Matrix, (anchor: Operation["anchor"]) => Operation][] = [];
  const rotate = (by: number) => {
    if (by !== 0) steps.push([rotation(by), (anchor) => ({ op: "rotate", layer: index, by, anchor })]);
  };
  if (isScaled) rotate(-angle);
  const [x, y] = [Math.abs(across), Math.abs(down)];
  if (x !== 1 || y !== 1) {
    steps.push([[x, 0, 0, y, 0, 0], (anchor) => ({ op: "scale", layer: index, by: x === y ? x : { x, y }, anchor })]);
  }
  const flip = (axis: string, by: Matrix) => steps.push([by, (anchor) => ({ op: "flip", layer: index, axis, anchor })]);
  if (across < 0) flip("horizontal", [-1, 0, 0, 1, 0, 0]);
  if (down < 0) flip("vertical", [1, 0, 0, -1, 0, 0]);
  rotate(isScaled ? angle + turn : turn);
  return performed(layers, index, fixed, steps);
}

function performed(
  layers: readonly Layer[],
  index: number,
  fixed: Point,
  steps: readonly [Matrix, (anchor: Operation["anchor"]) => Operation][],
): Operation[] {
  let now = [...layers];
  return steps.flatMap(([by, operation]) => {
    const box = boundsOf(now, index);
    if (box === null) return [];
    const anchor = anchorOf(box, fixed);
    now = changed(now, new Map([[index, { delta: about(fixed, by) }]]));
    if (anchor !== null) return [operation(anchor)];
    // Too far from the layer to be an anchor: about its middle, and then to its place.
    const there = boundsOf(now, index) ?? box;
    return [operation("center"), { op: "move", layer: index, to: { x: there[0], y: there[1] } }];
  });
}

/** The name of a point of the box, or how many sizes it is away from the corner. */
export function anchorOf([x, y, width, height]: Box, [px, py]: Point): string | [number, number] | null {
  const across = width > 0 ? (px - x) / width : 0.5;
  const down = height > 0 ? (py - y) / height : 0.5;
  if (Math.max(Math.abs(across), Math.abs(down)) > FARTHEST) return null;
  return NAMES[half(down)]?.[half(across)] ?? [across, down];
}

/** 0, 1 or 2 halves; -1 for anything between. */
function half(share: number): number {
  const halves = Math.round(share * 2);
  return Math.abs(share * 2 - halves) < 1e-9 && halves >= 0 && halves <= 2 ? halves : -1;
}
