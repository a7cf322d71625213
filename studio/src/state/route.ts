/** What is open, in the address after `#`, so that it survives a reload and can be sent to somebody. */

import { computed, signal } from "@preact/signals";

const hash = signal(location.hash.slice(1));

addEventListener("hashchange", () => {
  hash.value = location.hash.slice(1);
});

/** `{document}`, `{job}` or `{}`, which is the start. */
export const route = computed<{ document?: string; job?: string }>(() => {
  if (/^doc_\w+$/.test(hash.value)) return { document: hash.value };
  if (/^job_\w+$/.test(hash.value)) return { job: hash.value };
  return {};
});

/** Go to a document, a job or, with `""`, the start. */
export function go(to: string): void {
  location.hash = to;
  hash.value = to;
}

/** As `go`, but the way back does not lead here: for a job that has become a document. */
export function replace(to: string): void {
  history.replaceState(null, "", `#${to}`);
  hash.value = to;
}
