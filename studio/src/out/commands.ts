/** The edits as something to put into a shell or a program. Pure. */

import type { Document, Operation } from "../api/types.ts";

/** A picture in one call, without the document. */
export function asCurl(origin: string, document: Document, operations: readonly Operation[]): string {
  const body = JSON.stringify({ operations, output: { format: "png" } });
  return post(`${origin}${document.urls.decomposition}/render`, body, "-o picture.png");
}

/** The same on a document of one's own, as one revision. */
export function asDocumentCurl(origin: string, document: Document, operations: readonly Operation[]): string {
  const made = post(`${origin}/v1/documents`, JSON.stringify({ decomposition_id: document.decomposition_id }), "");
  return `${made}\n\n${post(`${origin}/v1/documents/ID/operations`, JSON.stringify({ operations }), "")}`;
}

export function asJson(operations: readonly Operation[]): string {
  if (operations.length === 0) return "[]";
  return `[\n${operations.map((operation) => `  ${JSON.stringify(operation)}`).join(",\n")}\n]`;
}

function post(url: string, body: string, more: string): string {
  const parts = [`curl -X POST ${quoted(url)}`, `-H 'Content-Type: application/json'`, `-d ${quoted(body)}`, more];
  return parts.filter((part) => part !== "").join(" \\\n  ");
}

/** As one word of a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
