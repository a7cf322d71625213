/** The job that the address names, followed to its end, and what comes after it. */

import { signal } from "@preact/signals";
import { decomposition } from "../api/decompositions.ts";
import { createDocument } from "../api/documents.ts";
import { asProblem, type Problem } from "../api/http.ts";
import * as jobs from "../api/jobs.ts";
import { patiently } from "../api/patience.ts";
import type { Decomposition, Job } from "../api/types.ts";
import { tellProblem } from "../state/notices.ts";
import { replace } from "../state/route.ts";
import { knownOf, nameOf } from "./begin.ts";

export const job = signal<Job | null>(null);

/** False while the server does not answer. */
export const online = signal(true);

/** When what is known was heard, `performance.now()`; the time left counts from there. */
export const heardAt = signal(0);

/** It was asked to stop, and has not yet. */
export const canceling = signal(false);

/** Why it cannot be followed. */
export const lost = signal<Problem | null>(null);

/** The layers, from when they are known until they have been shown. */
export const made = signal<Decomposition | null>(null);

/** Where others in the queue finish, nothing is told to those behind them: their place is asked for. */
const PLACE_EVERY_MS = 3000;

let shown: () => void = () => {};

/** Watch a job until the function that comes back is called. */
export function follow(id: string): () => void {
  const mine = new AbortController();
  job.value = null;
  online.value = true;
  canceling.value = false;
  lost.value = null;
  made.value = null;
  const places = setInterval(() => void askPlace(id, mine.signal), PLACE_EVERY_MS);
  run(id, mine.signal)
    .catch((error: unknown) => {
      if (!mine.signal.aborted) lost.value = asProblem(error);
    })
    .finally(() => clearInterval(places));
  return () => {
    clearInterval(places);
    mine.abort();
  };
}

export async function cancel(): Promise<void> {
  const which = job.value;
  if (which === null || canceling.value) return;
  canceling.value = true;
  try {
    const seen = await jobs.cancel(which);
    if (job.value?.id === seen.id && !jobs.hasEnded(job.value)) heard(seen);
  } catch (error) {
    canceling.value = false;
    const problem = asProblem(error);
    if (problem.code !== "job-already-finished") tellProblem(problem); // else its end is on its way to us
  }
}

/** All layers have been seen coming in. */
export function revealed(): void {
  shown();
}

async function run(id: string, signal: AbortSignal): Promise<void> {
  const away = () => (online.value = false);
  const first = knownOf(id)?.job ?? (await patiently(() => jobs.job(id, signal), signal, away));
  online.value = true;
  heard(first);
  const ended = await jobs.watch(first, heard, signal, (there) => (online.value = there));
  online.value = true;
  const decompositionId = ended.result?.decomposition_id;
  if (ended.status !== "succeeded" || decompositionId === undefined) return;
  const name = nameOf(id) || null;
  // Whoever comes back to the same address finds the same document.
  const key = `studio-${id}-${name === null ? "unnamed" : "named"}`;
  const [document] = await Promise.all([
    patiently(() => createDocument(decompositionId, name, key), signal, away),
    ended.cached ? null : reveal(decompositionId, signal),
  ]);
  if (!signal.aborted) replace(document.id);
}

async function reveal(decompositionId: string, signal: AbortSignal): Promise<void> {
  const done = new Promise<void>((resolve) => (shown = resolve));
  made.value = await decomposition(decompositionId, signal);
  await done;
}

function heard(seen: Job): void {
  job.value = seen;
  heardAt.value = performance.now();
}

async function askPlace(id: string, signal: AbortSignal): Promise<void> {
  if (job.value?.status !== "queued" || !online.value) return;
  const seen = await jobs.job(id, signal).catch(() => null);
  if (seen?.status === "queued" && job.value?.status === "queued" && !signal.aborted) heard(seen);
}
