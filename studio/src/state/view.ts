/** Which part of the canvas is seen, and how large. Lengths are CSS pixels of the stage. */

import { computed, signal } from "@preact/signals";
import type { Matrix, Point } from "../geometry/matrix.ts";
import { shown } from "./document.ts";

export const SMALLEST = 0.02;
export const LARGEST = 64;
const MARGIN = 24;

/** CSS pixels a pixel of the document; 100 % is a device pixel each. */
export const scale = signal(1);

/** Where the document's top left corner is on the stage. */
export const pan = signal<Point>([0, 0]);

/** Width and height of the stage. */
export const stageSize = signal<Point>([0, 0]);

/** Device pixels a CSS pixel. */
export const density = signal(globalThis.devicePixelRatio || 1);

/** Device pixels a pixel of the document: 1 at 100 %. */
export const zoom = computed(() => scale.value * density.value);

/** From the document's pixels to the stage. */
export const toStage = computed<Matrix>(() => [scale.value, 0, 0, scale.value, ...pan.value]);

export const compare = signal<"off" | "split" | "original">("off");

/** Whether what is seen are the server's pixels, or the browser's idea of them. Written by canvas/exact.ts. */
export const isExact = signal(false);

/** Whether the whole picture is kept in view when the stage changes its size. */
let isFitted = true;

/** All of the document, at most at 100 %. */
export function fit(): void {
  const document = shown.value;
  const [width, height] = stageSize.value;
  if (document === null || width <= 0 || height <= 0) return;
  const room = Math.min((width - 2 * MARGIN) / document.width, (height - 2 * MARGIN) / document.height);
  scale.value = bounded(Math.min(room, 1 / density.value));
  const [w, h] = [document.width * scale.value, document.height * scale.value];
  pan.value = settled([(width - w) / 2, (height - h) / 2]);
  isFitted = true;
}

/** So many device pixels a pixel of the document, and the point of the stage (its middle) stays where it is. */
export function zoomTo(factor: number, at: Point = middle()): void {
  const next = bounded(factor / density.value);
  const by = next / scale.value;
  const [x, y] = pan.value;
  scale.value = next;
  pan.value = settled([at[0] - (at[0] - x) * by, at[1] - (at[1] - y) * by]);
  isFitted = false;
}

export function panBy(x: number, y: number): void {
  pan.value = settled([pan.value[0] + x, pan.value[1] + y]);
  isFitted = false;
}

/** The stage has this size now. */
export function resized(width: number, height: number): void {
  const [beforeWidth, beforeHeight] = stageSize.value;
  stageSize.value = [width, height];
  density.value = globalThis.devicePixelRatio || 1;
  if (isFitted) fit();
  else pan.value = settled([pan.value[0] + (width - beforeWidth) / 2, pan.value[1] + (height - beforeHeight) / 2]);
}

/** The pixel of the document, with fractions, at a point of the stage. */
export function toDocument([x, y]: Point): Point {
  return [(x - pan.value[0]) / scale.value, (y - pan.value[1]) / scale.value];
}

function bounded(factor: number): number {
  return Math.min(LARGEST / density.value, Math.max(SMALLEST / density.value, factor));
}

/** On whole device pixels, so that at 100 % each pixel of the document is one of the screen's. */
function settled([x, y]: Point): Point {
  const per = density.value;
  return [Math.round(x * per) / per, Math.round(y * per) / per];
}

function middle(): Point {
  return [stageSize.value[0] / 2, stageSize.value[1] / 2];
}
