/** What undo and redo would do from the newest revision, as the server reckons it; pure. */

import type { Revision } from "../api/types.ts";

export interface Steps {
  /** In the server's words: what undo would take back, and what redo would bring again; `null` where it is not known. */
  undo: string | null;
  redo: string | null;
}

interface Place {
  back: number | null;
  forward: number | null;
  step: string;
}

/** `newestFirst` may end anywhere: what leads to revisions before its end is not known. */
export function stepsOf(newestFirst: readonly Revision[]): Steps {
  const places = new Map<number, Place>();
  for (const line of newestFirst.toReversed()) {
    const place = placeOf(line, places);
    if (place !== null) places.set(line.n, place);
  }
  const now = places.get(newestFirst[0]?.n ?? 0);
  if (now === undefined) return { undo: null, redo: null };
  const ahead = now.forward === null ? undefined : places.get(now.forward);
  return { undo: now.back === null ? null : now.step, redo: ahead?.step ?? null };
}

/** Undo and redo take the place of the revision that they lead to. */
function placeOf({ n, kind, summary }: Revision, places: ReadonlyMap<number, Place>): Place | null {
  const before = places.get(n - 1);
  switch (kind) {
    case "create":
      return { back: null, forward: null, step: "" };
    case "edit":
    case "restore":
      return { back: n - 1, forward: null, step: summary };
    case "undo": {
      const to = before?.back == null ? undefined : places.get(before.back);
      return to === undefined ? null : { back: to.back, forward: n - 1, step: to.step };
    }
    case "redo": {
      const to = before?.forward == null ? undefined : places.get(before.forward);
      return to === undefined ? null : { ...to };
    }
  }
}
