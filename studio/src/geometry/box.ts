import type { Box } from "../api/types.ts";
import { mapped, type Matrix } from "./matrix.ts";

/** The smallest box that holds all of these; `null` of none. */
export function boxAround(boxes: readonly Box[]): Box | null {
  const first = boxes[0];
  if (first === undefined) return null;
  let [left, top] = first;
  let [right, bottom] = [left + first[2], top + first[3]];
  for (const [x, y, width, height] of boxes) {
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x + width), Math.max(bottom, y + height)];
  }
  return [left, top, right - left, bottom - top];
}

/** Around a box after a map. */
export function boxMapped([x, y, width, height]: Box, by: Matrix): Box {
  const corners = ([[x, y], [x + width, y], [x, y + height], [x + width, y + height]] as const).map((corner) =>
    mapped(corner, by),
  );
  const [xs, ys] = [corners.map((corner) => corner[0]), corners.map((corner) => corner[1])];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

export function contains([x, y, width, height]: Box, [px, py]: readonly [number, number]): boolean {
  return px >= x && py >= y && px < x + width && py < y + height;
}
