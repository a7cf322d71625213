/** Edits of the open document: sent one after the other, each to the revision that the one before made. */

import { batch, computed, signal } from "@preact/signals";
import * as api from "../api/documents.ts";
import { asProblem } from "../api/http.ts";
import type { Box, ChangedDocument, Document, Operation, Revision } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { doc, gesture, pending, selection } from "./document.ts";
import { tell, tellProblem } from "./notices.ts";
import type { Changes } from "./preview.ts";

const running = signal(0);

/** Whether something was sent that is not answered yet. */
export const busy = computed(() => running.value > 0);

/** Newest first; as `refreshHistory` found it. */
export const history = signal<readonly Revision[]>([]);

/** What the last answer said has changed between two revisions; `box` null where nothing has. */
export const lastChange = signal<{ id: string; from: number; to: number; box: Box | null } | null>(null);

let line: Promise<unknown> = Promise.resolve();

/**
 * Make one revision of these operations. It is shown at once, as `changes` where a gesture says how it left the layers,
 * otherwise as far as state/preview.ts foresees it; the gesture is over. Resolves to whether it was done; what stood in
 * the way was told to the user.
 */
export function apply(operations: readonly Operation[], changes: Changes | null = null): Promise<boolean> {
  const mine = { operations, changes };
  batch(() => {
    pending.value = [...pending.value, mine];
    gesture.value = new Map();
  });
  const settled = () => {
    pending.value = pending.value.filter((one) => one !== mine);
  };
  return send((document) => api.operate(document, operations), () => apply(operations), settled);
}

export function undo(): Promise<boolean> {
  return send(async (document) => (document.can_undo ? api.undo(document) : null), undo);
}

export function redo(): Promise<boolean> {
  return send(async (document) => (document.can_redo ? api.redo(document) : null), redo);
}

export function restore(n: number): Promise<boolean> {
  return send((document) => api.restore(document, n), () => restore(n));
}

/** The document's own name; `null` for none. */
export function rename(name: string | null): Promise<boolean> {
  return send(async (document) => ({ ...(await api.rename(document, name)), dirty: null }), () => rename(name));
}

/** Read the history anew. */
export async function refreshHistory(): Promise<void> {
  const document = doc.value;
  if (document === null) return;
  try {
    const { items } = await api.revisions(document);
    if (doc.value?.id === document.id) history.value = items;
  } catch (error) {
    tellProblem(asProblem(error));
  }
}

type Write = (document: Document) => Promise<ChangedDocument | null>;

/** `again` is what a person may ask for who is told that the server is away. */
function send(write: Write, again: () => unknown, settled: () => void = () => undefined): Promise<boolean> {
  running.value++;
  const id = doc.value?.id;
  const result = line.then(() => written(id, write, again, settled));
  line = result;
  return result;
}

/** Nothing is thrown: the line must go on. */
async function written(id: string | undefined, write: Write, again: () => unknown, settled: () => void): Promise<boolean> {
  const before = doc.value;
  let after: ChangedDocument | null = null;
  try {
    if (before !== null && before.id === id) after = await write(before);
  } catch (error) {
    await failed(before, error, () => doc.value?.id === id && again());
  }
  batch(() => {
    running.value--;
    settled();
    if (after !== null && before !== null && doc.value === before) take(before, after);
  });
  return after !== null;
}

function take(before: Document, after: ChangedDocument): void {
  if (after.revision !== before.revision) {
    lastChange.value = { id: after.id, from: before.revision, to: after.revision, box: after.dirty };
  }
  doc.value = after;
  const there = new Set(after.layers.filter((layer) => !layer.deleted).map((layer) => layer.index));
  const kept = [...selection.value].filter((index) => there.has(index));
  if (kept.length < selection.value.size) selection.value = new Set(kept);
}

async function failed(before: Document | null, error: unknown, again: () => unknown): Promise<void> {
  const problem = asProblem(error);
  // If it had come to the server after all, the revision is another by then, and asking again does nothing (412).
  if (problem.code === "offline") return tellProblem(problem, { label: t("app.again"), run: again });
  if (problem.status !== 412 || before === null) return tellProblem(problem);
  tell("warning", "problems.revision-conflict");
  try {
    const newest = await api.readDocument(before.id);
    if (doc.value === before) doc.value = newest;
  } catch (another) {
    tellProblem(asProblem(another));
  }
}
