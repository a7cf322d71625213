/** From a picture to a job: sent to the service, and remembered for as long as the page lives. */

import { signal } from "@preact/signals";
import { decompose, decomposeAddress, importStack } from "../api/decompositions.ts";
import { createDocument } from "../api/documents.ts";
import { asProblem, Problem } from "../api/http.ts";
import { healthy } from "../api/service.ts";
import type { Job } from "../api/types.ts";
import { tell } from "../state/notices.ts";
import { go } from "../state/route.ts";
import { parameters } from "./asked.ts";
import type { Source } from "./intake.ts";

/** `preview`: an address that the page may show the picture from. */
export interface Sent {
  source: Source;
  preview: string | null;
  job: Job | null;
}

/** On its way to the service. */
export const sending = signal<Sent | null>(null);

/** What came to nothing, and with which picture if there was one. */
export const refused = signal<{ problem: Problem; source: Source | null } | null>(null);

const MOST_REMEMBERED = 8;
const MOST_TOLD = 3;
const remembered = new Map<string, Sent>();
let underWay: AbortController | null = null;

// Whoever goes elsewhere is not to be fetched back, nor told of it again.
addEventListener("hashchange", () => {
  refused.value = null;
  abandon();
});

export async function begin(source: Source): Promise<void> {
  abandon();
  const mine = new AbortController();
  underWay = mine;
  const sent: Sent = { source, preview: previewOf(source), job: null };
  refused.value = null;
  sending.value = sent;
  try {
    if (source.kind === "stack") {
      await opened(source, mine.signal);
      return;
    }
    sent.job = await posted(source, mine.signal);
    remember(sent.job.id, sent);
    go(sent.job.id);
  } catch (error) {
    if (mine.signal.aborted) return;
    release(sent);
    refused.value = { problem: await explained(asProblem(error), source), source };
  } finally {
    if (underWay === mine) {
      underWay = null;
      sending.value = null;
    }
  }
}

/** Nothing more comes of what is on its way; what the service has begun by then it finishes, for the next who asks. */
export function abandon(): void {
  underWay?.abort();
  underWay = null;
  if (sending.value !== null) release(sending.value);
  sending.value = null;
}

/** Of a job that this page has begun. */
export function knownOf(jobId: string): Sent | null {
  return remembered.get(jobId) ?? null;
}

/** Of a job that this tab has begun, a reload ago too. */
export function nameOf(jobId: string): string | null {
  const name = remembered.get(jobId)?.source.name ?? null;
  try {
    return name ?? sessionStorage.getItem(`lamina.name.${jobId}`);
  } catch {
    return name;
  }
}

/** There is nothing to wait for: its layers are a document at once. */
async function opened(source: Source & { kind: "stack" }, signal: AbortSignal): Promise<void> {
  const found = await importStack(source.file, signal);
  const document = await createDocument(found.id, source.name || null);
  if (signal.aborted) return;
  go(document.id);
  const { warnings } = found.notes.imported ?? { warnings: [] };
  if (warnings.length === 0) return;
  const words = warnings.slice(0, MOST_TOLD).join(" ") + (warnings.length > MOST_TOLD ? " …" : "");
  tell("warning", "start.not_all_taken", { words });
}

function posted(source: Exclude<Source, { kind: "stack" }>, signal: AbortSignal): Promise<Job> {
  if (source.kind === "address") return decomposeAddress(source.address, parameters(), signal);
  return decompose(source.picture, source.name || "picture", parameters(), signal);
}

/** A body that is too large is cut off, and then a browser knows only that the line broke. */
async function explained(problem: Problem, source: Source): Promise<Problem> {
  const bytes = source.kind === "file" ? source.picture.size : source.kind === "stack" ? source.file.size : 0;
  const mayBeSize = problem.code === "offline" && bytes > 2 ** 20;
  if (!mayBeSize || !(await healthy())) return problem;
  return new Problem({ code: "image-too-large" }, 413);
}

function previewOf(source: Source): string | null {
  if (source.kind === "stack") return null; // browsers show none of them
  if (source.kind === "file") return URL.createObjectURL(source.picture);
  return source.address.startsWith("data:") ? source.address : null; // the page itself fetches from nowhere else
}

function remember(jobId: string, sent: Sent): void {
  remembered.set(jobId, sent);
  try {
    if (sent.source.name !== "") sessionStorage.setItem(`lamina.name.${jobId}`, sent.source.name);
  } catch {
    // shut off: the document will have no name after a reload
  }
  for (const [id, oldest] of remembered) {
    if (remembered.size <= MOST_REMEMBERED) return;
    release(oldest);
    remembered.delete(id);
  }
}

function release(sent: Sent): void {
  if (sent.preview?.startsWith("blob:")) URL.revokeObjectURL(sent.preview);
}
