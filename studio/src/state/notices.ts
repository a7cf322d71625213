/** What the user is told beside what is seen; shown by panels/notices.tsx in a live region. */

import { signal } from "@preact/signals";
import type { Problem } from "../api/http.ts";
import { type Key, t, type Values } from "../i18n/index.ts";
import { wordsOf } from "../i18n/problem.ts";

export type Kind = "info" | "warning" | "error";

export interface Notice {
  id: number;
  kind: Kind;
  text: string;
  action: { label: string; run: () => void } | null;
}

const LASTS_MS: Record<Kind, number> = { info: 4000, warning: 8000, error: 12000 };

export const notices = signal<readonly Notice[]>([]);

let last = 0;

export function tell(kind: Kind, key: Key, values: Values = {}, action: Notice["action"] = null): void {
  show(kind, t(key, values), action);
}

/** What went wrong and what can be done, by the problem's code. */
export function tellProblem(problem: Problem): void {
  show("error", wordsOf(problem), null);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

function show(kind: Kind, text: string, action: Notice["action"]): void {
  const id = ++last;
  // The same once: a server that is away is told of by each request.
  notices.value = [...notices.value.filter((notice) => notice.text !== text), { id, kind, text, action }].slice(-3);
  setTimeout(() => dismiss(id), LASTS_MS[kind]);
}
