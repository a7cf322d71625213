/** The open document as the server knows it, how it is to look while edits and gestures are under way, and what is
 * selected in it. */

import { computed, signal } from "@preact/signals";
import { readDocument } from "../api/documents.ts";
import { asProblem, type Problem } from "../api/http.ts";
import type { Box, Document, Layer, Operation } from "../api/types.ts";
import { boxAround } from "../geometry/box.ts";
import { changed, type Changes, living, operated } from "./preview.ts";

/** An edit that was sent and not answered yet: what was asked for, and how a gesture left the layers, if it was one. */
export interface Pending {
  operations: readonly Operation[];
  changes: Changes | null;
}

/** As the server told it last. */
export const doc = signal<Document | null>(null);

/** Why there is none, where one was asked for. */
export const trouble = signal<Problem | null>(null);

/** Layer indices. */
export const selection = signal<ReadonlySet<number>>(new Set());

/** Written by state/edit.ts alone. */
export const pending = signal<readonly Pending[]>([]);

/** What the gesture under way makes of layers, by index; of a group, for all that is in it. */
export const gesture = signal<Changes>(new Map());

/** `doc` as it is to look now: with the edits that are not answered yet, and the gesture. */
export const shown = computed<Document | null>(() => {
  if (doc.value === null) return null;
  const edited = pending.value.reduce(
    (soFar, { operations, changes }) =>
      changes === null ? operated(soFar, operations) : { ...soFar, layers: changed(soFar.layers, changes) },
    doc.value,
  );
  return gesture.value.size === 0 ? edited : { ...edited, layers: changed(edited.layers, gesture.value) };
});

/** The layers and groups of `shown`, bottom to top, without deleted ones. */
export const layers = computed<Layer[]>(() => living(shown.value?.layers ?? []));

export const selected = computed<Layer[]>(() => layers.value.filter((layer) => selection.value.has(layer.index)));

/** Around what is selected, on the canvas. */
export const selectedBox = computed<Box | null>(() => boxAround(selected.value.map((layer) => layer.bbox)));

let opening: AbortController | null = null;

/** Show a document; what was open is closed. */
export async function open(id: string): Promise<void> {
  if (doc.value?.id === id) return;
  close();
  const mine = (opening = new AbortController());
  try {
    const found = await readDocument(id, mine.signal);
    if (!mine.signal.aborted) doc.value = found;
  } catch (error) {
    if (!mine.signal.aborted) trouble.value = asProblem(error);
  }
}

export function close(): void {
  opening?.abort();
  doc.value = null;
  trouble.value = null;
  selection.value = new Set();
  pending.value = [];
  gesture.value = new Map();
}

export function select(indices: Iterable<number>): void {
  selection.value = new Set(indices);
}
