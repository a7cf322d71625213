/** What a drag of the pointer does, from its first pixels to its end. */

import type { Point } from "../geometry/matrix.ts";
import { layers } from "../state/document.ts";
import { within } from "../state/preview.ts";

export interface Held {
  shift: boolean;
  alt: boolean;
  ctrl: boolean;
}

export interface Gesture {
  /** The pointer is at this point of the stage, with these keys held. */
  move(at: Point, keys: Held): void;
  /** Let go: what was done is kept. */
  end(): void;
  /** As if it had never begun. */
  cancel(): void;
}

/** The layers and groups, and all that is in them. */
export function allWithin(indices: readonly number[]): Set<number> {
  return new Set(indices.flatMap((index) => within(layers.peek(), index)));
}
