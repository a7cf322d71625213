/** What the pointer is about to do, or doing, on the canvas: drawn by overlay.ts, over the picture. */

import { signal } from "@preact/signals";
import type { Box } from "../api/types.ts";
import type { Point } from "../geometry/matrix.ts";
import type { Frame } from "./frame.ts";
import type { Guide } from "./snap.ts";

/** With the hand, every drag pans. */
export const tool = signal<"move" | "hand">("move");

/** The layer or group that a click would take. */
export const hovered = signal<number | null>(null);

/** In the document's pixels. */
export const guides = signal<readonly Guide[]>([]);

/** In the document's pixels: what lies in it is about to be selected. */
export const marquee = signal<Box | null>(null);

/** Beside the pointer, which is at this point of the stage. */
export const readout = signal<{ text: string; at: Point } | null>(null);

/** That of the gesture under way, where it is another than that of the layers as they come to lie. */
export const heldFrame = signal<Frame | null>(null);

/** Whether a gesture has its hands on what is selected: handles are out of the way. */
export const isHeld = signal(false);

/** A text layer was double clicked: its words are to be edited. Set back by the field that they are in. */
export const wordsWanted = signal<number | null>(null);

export function quiet(): void {
  guides.value = [];
  marquee.value = null;
  readout.value = null;
  heldFrame.value = null;
  isHeld.value = false;
}
