/** Arrow keys: layers move for as long as keys are held, and that is one edit. */

import { translation } from "../geometry/matrix.ts";
import { gesture } from "../state/document.ts";
import { apply } from "../state/edit.ts";
import { named } from "./drag.ts";

let nudged: { indices: readonly number[]; x: number; y: number } | null = null;

/** So many pixels further. Kept by `endNudge`. */
export function nudge(indices: readonly number[], x: number, y: number): void {
  if (indices.length === 0) return;
  nudged = { indices: nudged?.indices ?? indices, x: (nudged?.x ?? 0) + x, y: (nudged?.y ?? 0) + y };
  const delta = translation(nudged.x, nudged.y);
  gesture.value = new Map(nudged.indices.map((index) => [index, { delta }]));
}

/** The keys were let go of. */
export function endNudge(): void {
  if (nudged === null) return;
  const { indices, x, y } = nudged;
  nudged = null;
  if (x === 0 && y === 0) gesture.value = new Map();
  else void apply([{ op: "move", layer: named(indices), by: { x, y } }]);
}

export function cancelNudge(): boolean {
  if (nudged === null) return false;
  nudged = null;
  gesture.value = new Map();
  return true;
}
