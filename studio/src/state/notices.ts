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
  action: { label: string; run: () => unknown } | null;
}

const LASTS_MS: Record<Kind, number> = { info: 4000, warning: 8000, error: 12000 };

export const notices = signal<readonly Notice[]>([]);

let last = 0;

export function tell(kind: Kind, key: Key, values: Values = {}, action: Notice["action"] = null): void {
  show(kind, t(key, values), action);
}

/** What went wrong and what can be done, by the problem's code. */
export function tellProblem(problem: Problem, action: Notice["action"] = null): void {
  show("error", wordsOf(problem), action);
}

/** A script of the page did not come. */
export function tellOffline(): void {
  tell("error", "problems.offline");
}

export function dismiss(id: number): void {
  clearTimeout(leaving.get(id));
  leaving.delete(id);
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** While somebody reads them, they stay. */
export function hold(): void {
  for (const timer of leaving.values()) clearTimeout(timer);
  leaving.clear();
}

export function letGo(): void {
  for (const { id, kind } of notices.peek()) if (!leaving.has(id)) leave(id, kind);
}

const leaving = new Map<number, ReturnType<typeof setTimeout>>();

function leave(id: number, kind: Kind): void {
  leaving.set(id, setTimeout(() => dismiss(id), LASTS_MS[kind]));
}

function show(kind: Kind, text: string, action: Notice["action"]): void {
  const id = ++last;
  // The same once: a server that is away is told of by each request.
  const others = notices.peek().filter((notice) => notice.text !== text);
  for (const notice of notices.peek()) if (notice.text === text) dismiss(notice.id);
  notices.value = [...others, { id, kind, text, action }].slice(-3);
  leave(id, kind);
}
