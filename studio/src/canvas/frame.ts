/** The frame around what is selected, and its handles. Pure; in the document's pixels. */

import type { Box, Layer } from "../api/types.ts";
import { boxAround, boxMapped } from "../geometry/box.ts";
import { mapped, type Matrix, type Point, then, translation } from "../geometry/matrix.ts";
import { within } from "../state/preview.ts";

/** A rectangle that may be turned, in degrees clockwise about its centre. */
export interface Frame {
  centre: Point;
  width: number;
  height: number;
  angle: number;
}

/** Where a handle is on the frame, from -1 to 1 along each of its sides. */
export type Handle = readonly [across: -1 | 0 | 1, down: -1 | 0 | 1];

export const HANDLES: readonly Handle[] = [[-1, -1], [1, -1], [1, 1], [-1, 1], [0, -1], [1, 0], [0, 1], [-1, 0]];

const STRAIGHT = 1e-6;

/** Of these, without those that are in a group that is among them too. */
export function outermost(layers: readonly Layer[], indices: Iterable<number>): number[] {
  const chosen = new Set(indices);
  const inner = new Set([...chosen].flatMap((index) => within(layers, index).slice(1)));
  return layers.flatMap(({ index }) => (chosen.has(index) && !inner.has(index) ? [index] : []));
}

/** Exactly where a layer's own rectangle lies, or around those in a group; `bbox` is this on whole pixels. */
export function boundsOf(layers: readonly Layer[], index: number): Box | null {
  const inner = new Set(within(layers, index));
  return boxAround(layers.flatMap((layer) => (inner.has(layer.index) && layer.kind !== "group" ? [bounds(layer)] : [])));
}

/** One layer's frame turns with it; around several, or a group, it stands upright. */
export function frameOf(layers: readonly Layer[], indices: readonly number[]): Frame | null {
  const [only] = indices.length === 1 ? layers.filter((layer) => layer.index === indices[0]) : [];
  const turned = only !== undefined && only.kind !== "group" ? turnedFrame(only) : null;
  if (turned !== null) return turned;
  const boxes = indices.map((index) => boundsOf(layers, index)).filter((box) => box !== null);
  const around = boxAround(boxes);
  return around === null ? null : upright(around);
}

/** The canvas point of a handle's place. */
export function pointOf(frame: Frame, [across, down]: readonly [number, number]): Point {
  return mapped([(across * frame.width) / 2, (down * frame.height) / 2], placeOf(frame));
}

/** A canvas point as the frame sees it: from its centre, along its sides. */
export function localOf(frame: Frame, [x, y]: Point): Point {
  return mapped([x - frame.centre[0], y - frame.centre[1]], rotation(-frame.angle));
}

export function rotation(degrees: number): Matrix {
  const [cosine, sine] = [exactCosine(degrees), exactCosine(degrees - 90)];
  return [cosine, sine, -sine, cosine, 0, 0];
}

/** Turned and scaled along the frame's sides, which `fixed` outlives. */
export function about(fixed: Point, by: Matrix): Matrix {
  return then(then(translation(-fixed[0], -fixed[1]), by), translation(fixed[0], fixed[1]));
}

function placeOf({ angle, centre }: Frame): Matrix {
  return then(rotation(angle), translation(...centre));
}

function bounds(layer: Layer): Box {
  // What of it a crop shows is told by `bbox` alone.
  if (layer.changed.includes("crop")) return layer.bbox;
  return boxMapped([0, 0, layer.source_bbox[2], layer.source_bbox[3]], layer.matrix);
}

function upright([x, y, width, height]: Box): Frame {
  return { centre: [x + width / 2, y + height / 2], width, height, angle: 0 };
}

/** `null` for what stands upright, is sheared or cropped. */
function turnedFrame(layer: Layer): Frame | null {
  const [a, b, c, d] = layer.matrix;
  const [across, down] = [Math.hypot(a, b), Math.hypot(c, d)];
  const isStraight = Math.min(Math.abs(a) + Math.abs(d), Math.abs(b) + Math.abs(c)) < STRAIGHT * (across + down);
  const isSheared = Math.abs(a * c + b * d) > 1e-4 * across * down;
  if (isStraight || isSheared || layer.changed.includes("crop")) return null;
  const [, , width, height] = layer.source_bbox;
  const centre = mapped([width / 2, height / 2], layer.matrix);
  const degrees = (Math.atan2(b, a) * 180) / Math.PI;
  // Mirrored, its side points to the left, and it is the same frame.
  const angle = degrees > 90 ? degrees - 180 : degrees <= -90 ? degrees + 180 : degrees;
  return { centre, width: width * across, height: height * down, angle };
}

/** Quarter turns have whole coefficients. */
function exactCosine(degrees: number): number {
  const turn = ((degrees % 360) + 360) % 360;
  const whole = [1, 0, -1, 0][turn / 90];
  return whole ?? Math.cos((turn * Math.PI) / 180);
}
