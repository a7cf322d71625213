/** What the layers panel knows beside the document: what is folded, where the keyboard is, what is under the hand. */

import { computed, effect, signal } from "@preact/signals";
import { doc, layers, selection } from "../state/document.ts";
import { around, outermost, picked, rowsOf, type Target } from "./layer_tree.ts";

/** Groups whose layers are not listed. */
export const folded = signal<ReadonlySet<number>>(new Set());

export const rows = computed(() => rowsOf(layers.value, folded.value));

/** The row that the keyboard is at, and the one where a range begins. */
export const current = signal<number | null>(null);
export const anchor = signal(-1);

/** The row whose name is being written. */
export const renaming = signal<number | null>(null);

/** Layers under the pointer, and where they would come to lie; `level` is that of the line that shows it. */
export const drag = signal<{ moved: readonly number[]; x: number; y: number; target: Target | null; level: number } | null>(null);

/** Where the context menu is open, in pixels of the window. */
export const menuAt = signal<{ x: number; y: number } | null>(null);

/** What goes where the selection goes, bottom to top. */
export const moved = computed(() => outermost(layers.value, selection.value));

/** The row that Tab leads to. */
export const tabbable = computed(() => {
  const there = rows.value.map((row) => row.layer.index);
  if (current.value !== null && there.includes(current.value)) return current.value;
  return there.find((index) => selection.value.has(index)) ?? there[0] ?? null;
});

/** As a click on a row, or a key that leads to it. */
export function pick(index: number, held: { shift: boolean; ctrl: boolean }): void {
  const before = { selection: selection.value, anchor: anchor.value };
  const after = picked(rows.value, before, index, held);
  selection.value = after.selection;
  anchor.value = after.anchor;
  current.value = index;
}

export function fold(index: number, isFolded: boolean): void {
  const next = new Set(folded.value);
  if (isFolded) next.add(index);
  else next.delete(index);
  folded.value = next;
}

export function rowOf(index: number | null): HTMLElement | null {
  return document.querySelector(`.layer-tree [data-index="${index}"]`);
}

export function focusRow(index: number | null): void {
  rowOf(index)?.focus();
}

let shownDocument: string | undefined;

// Another document has other layers.
effect(() => {
  const id = doc.value?.id;
  if (id === shownDocument || id === undefined) return;
  shownDocument = id;
  folded.value = new Set();
  current.value = null;
  anchor.value = -1;
});

// What is selected elsewhere, as on the canvas, is to be seen here.
effect(() => {
  const inside = new Set([...selection.value].flatMap((index) => around(layers.peek(), index)));
  const open = [...folded.peek()].filter((index) => !inside.has(index));
  if (open.length < folded.peek().size) folded.value = new Set(open);
  if (selection.value.size === 1) {
    const [only] = selection.value as Set<number>;
    current.value = only ?? null;
    anchor.value = only ?? -1;
  }
});
