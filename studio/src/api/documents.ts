import { ask } from "./http.ts";
import type { ChangedDocument, Document, Operation, Page, Revision } from "./types.ts";

/** With a `key` it is made once, however often it is asked for. */
export async function createDocument(decompositionId: string, name: string | null, key?: string): Promise<Document> {
  const json = name === null ? { decomposition_id: decompositionId } : { decomposition_id: decompositionId, name };
  const headers: Record<string, string> = key === undefined ? {} : { "Idempotency-Key": key };
  return (await ask<Document>("/v1/documents", { json, headers })).value;
}

export async function readDocument(id: string, signal?: AbortSignal): Promise<Document> {
  return (await ask<Document>(`/v1/documents/${id}`, { signal })).value;
}

/** Newest first. */
export async function documents(url = "/v1/documents?limit=24"): Promise<Page<Document>> {
  const { value } = await ask<{ documents: Document[]; next: string | null }>(url);
  return { items: value.documents, next: value.next };
}

/** Some of those that are made of a decomposition, newest first. */
export async function documentsOf(decompositionId: string): Promise<Document[]> {
  return (await documents(`/v1/documents?limit=5&decomposition_id=${decompositionId}`)).items;
}

export async function removeDocument(id: string): Promise<void> {
  await ask(`/v1/documents/${id}`, { method: "DELETE" });
}

/** All operations as one revision, made to the one that the document shows or not at all (412). */
export function operate(document: Document, operations: readonly Operation[]): Promise<ChangedDocument> {
  return change(document, document.urls.operations, { operations });
}

export function undo(document: Document): Promise<ChangedDocument> {
  return change(document, document.urls.undo);
}

export function redo(document: Document): Promise<ChangedDocument> {
  return change(document, document.urls.redo);
}

export function restore(document: Document, n: number): Promise<ChangedDocument> {
  return change(document, `${document.urls.revisions}/${n}/restore`);
}

async function change(document: Document, url: string, json?: unknown): Promise<ChangedDocument> {
  const headers = { "If-Match": `"r${document.revision}"` };
  return (await ask<ChangedDocument>(url, { method: "POST", headers, ...(json === undefined ? {} : { json }) })).value;
}

/** Newest first. */
export async function revisions(document: Document, url?: string): Promise<Page<Revision>> {
  const { value } = await ask<{ revisions: Revision[]; next: string | null }>(
    url ?? `${document.urls.revisions}?limit=50`,
  );
  return { items: value.revisions, next: value.next };
}

/** All that lead from the unedited layers to a revision. */
export async function operationsTo(document: Document, n: number): Promise<Operation[]> {
  return (await ask<{ operations: Operation[] }>(`${document.urls.revisions}/${n}/operations`)).value.operations;
}

/** No revision: undo does not take it back. */
export async function rename(document: Document, name: string | null): Promise<Document> {
  return (await ask<Document>(document.urls.self, { method: "PATCH", json: { name } })).value;
}
