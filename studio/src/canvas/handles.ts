/** Which handle of a frame is under the pointer, and what the pointer looks like there. Pure; the stage's pixels. */

import { mapped, type Matrix, type Point } from "../geometry/matrix.ts";
import { type Frame, type Handle, HANDLES, localOf, pointOf } from "./frame.ts";

export type Grip = Handle | "rotate";

/** How near is on it; a finger is less exact. */
export const NEAR = 8;
export const NEAR_FINGER = 18;
/** The knob stands so far above the frame. */
export const KNOB = 24;
/** Around a corner, outside, the frame is turned. */
const TURNS = 26;
/** Sides shorter than this have no handle of their own. */
const SHORT = 32;

/** The same frame on the stage; `view` maps the document to it and only scales and moves. */
export function onStage(frame: Frame, view: Matrix): Frame {
  return { ...frame, centre: mapped(frame.centre, view), width: frame.width * view[0], height: frame.height * view[0] };
}

export function knobOf(frame: Frame): Point {
  return pointOf(frame, [0, -1 - (2 * KNOB) / Math.max(frame.height, 1e-6)]);
}

/** Of a frame on the stage: those that there is room for. */
export function handlesOf({ width, height }: Frame): Handle[] {
  return HANDLES.filter(([across, down]) => (across !== 0 || width >= SHORT) && (down !== 0 || height >= SHORT));
}

export function gripAt(frame: Frame, at: Point, near: number): Grip | null {
  const [x, y] = localOf(frame, at);
  const isOutside = Math.abs(x) > frame.width / 2 || Math.abs(y) > frame.height / 2;
  const distance = (handle: readonly [number, number]) =>
    Math.hypot(x - (handle[0] * frame.width) / 2, y - (handle[1] * frame.height) / 2);
  const isSmall = Math.min(frame.width, frame.height) < 3 * near;
  for (const handle of handlesOf(frame)) {
    // What is small must still be there to be dragged.
    if (distance(handle) <= near && (isOutside || !isSmall)) return handle;
  }
  if (Math.hypot(x, y + frame.height / 2 + KNOB) <= near) return "rotate";
  const isCorner = HANDLES.some((handle) => handle[0] !== 0 && handle[1] !== 0 && distance(handle) <= TURNS);
  return isOutside && isCorner && near === NEAR ? "rotate" : null;
}

export function holds(frame: Frame, at: Point): boolean {
  const [x, y] = localOf(frame, at);
  return Math.abs(x) <= frame.width / 2 && Math.abs(y) <= frame.height / 2;
}

/** A CSS cursor. */
export function cursorOf(grip: Grip, angle: number): string {
  if (grip === "rotate") return "grab";
  const turned = (Math.atan2(grip[1], grip[0]) * 180) / Math.PI + angle;
  const eighth = ((Math.round(turned / 45) % 4) + 4) % 4;
  return ["ew-resize", "nwse-resize", "ns-resize", "nesw-resize"][eighth] as string;
}
