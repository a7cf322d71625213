import assert from "node:assert/strict";
import { test } from "node:test";
import type { Revision } from "../api/types.ts";
import { stepsOf } from "./timeline.ts";

/** Oldest first, as `kind` or `kind: summary`. */
function revisions(...lines: string[]): Revision[] {
  const all = lines.map((line, at) => {
    const [kind = "", summary = ""] = line.split(": ");
    return { n: at + 1, kind, summary, operation_count: 0, shows: at + 1, created_at: "", url: "", render_url: "" } as Revision;
  });
  return all.reverse();
}

test("a new document has nothing to undo and nothing to redo", () => {
  assert.deepEqual(stepsOf(revisions("create")), { undo: null, redo: null });
});

test("undo takes back the last edit, and redo brings it again", () => {
  const edited = ["create", "edit: move logo", "edit: hide title"];
  assert.deepEqual(stepsOf(revisions(...edited)), { undo: "hide title", redo: null });
  assert.deepEqual(stepsOf(revisions(...edited, "undo")), { undo: "move logo", redo: "hide title" });
  assert.deepEqual(stepsOf(revisions(...edited, "undo", "undo")), { undo: null, redo: "move logo" });
  assert.deepEqual(stepsOf(revisions(...edited, "undo", "undo", "redo")), { undo: "move logo", redo: "hide title" });
});

test("an edit after an undo leaves nothing to redo, and undo goes past what was undone", () => {
  const lines = ["create", "edit: move logo", "undo", "edit: hide title"];
  assert.deepEqual(stepsOf(revisions(...lines)), { undo: "hide title", redo: null });
  assert.deepEqual(stepsOf(revisions(...lines, "undo")), { undo: null, redo: "hide title" });
});

test("restoring is a step of its own", () => {
  const lines = ["create", "edit: move logo", "restore: restore revision 1"];
  assert.deepEqual(stepsOf(revisions(...lines)), { undo: "restore revision 1", redo: null });
  assert.deepEqual(stepsOf(revisions(...lines, "undo")), { undo: "move logo", redo: "restore revision 1" });
});

test("what lies before a page of the history is not guessed at", () => {
  const page = revisions("create", "edit: move logo", "undo", "undo").slice(0, 1);
  assert.deepEqual(stepsOf(page), { undo: null, redo: null });
});
