/** What is open, in the address after `#`, so that it survives a reload and can be sent to somebody. */

import { computed, signal } from "@preact/signals";

const hash = signal(location.hash.slice(1));

addEventListener("hashchange", () => {
  hash.value = location.hash.slice(1);
});

/** `{document}`, `{job}`, `{template}`, which is its name, or `{}`, which is the start. */
export const route = computed<{ document?: string; job?: string; template?: string }>(() => {
  if (/^doc_\w+$/.test(hash.value)) return { document: hash.value };
  if (/^job_\w+$/.test(hash.value)) return { job: hash.value };
  const name = /^template\/([^/]+)$/.exec(hash.value)?.[1];
  return name === undefined ? {} : { template: decoded(name) };
});

/** What was typed by hand may be no address. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Go to a document, a job, a template or, with `""`, the start. */
export function go(to: string): void {
  location.hash = to;
  hash.value = to;
}

/** As `go`, but the way back does not lead here: for a job that has become a document. */
export function replace(to: string): void {
  history.replaceState(null, "", `#${to}`);
  hash.value = to;
}
