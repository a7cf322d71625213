import assert from "node:assert/strict";
import { test } from "node:test";
import type { Layer } from "../api/types.ts";
import { placing } from "./placing.ts";

const KNOWN = {
  index: 1, matrix: [1, 0, 0, 1, 40, 30], changed: [], url: "/d/layers/1.png",
  edited_url: "/v1/documents/doc_1/layers/1.png?revision=2&trim=1", edited_bbox: [38, 28, 24, 24],
} as unknown as Layer;

test("what no edit changed is its own picture under its matrix", () => {
  assert.deepEqual(placing({ ...KNOWN, matrix: [2, 0, 0, 2, 0, 0] }, KNOWN), {
    url: "/d/layers/1.webp?trim=1",
    matrix: [2, 0, 0, 2, 0, 0],
  });
});

test("what was changed is the server's picture, and goes with what was done since", () => {
  const known = { ...KNOWN, changed: ["blur"] };
  const url = "/v1/documents/doc_1/layers/1.webp?revision=2&trim=1";
  assert.deepEqual(placing(known, known), { url, matrix: [1, 0, 0, 1, 38, 28] });
  assert.deepEqual(placing({ ...known, matrix: [1, 0, 0, 1, 45, 30] }, known), { url, matrix: [1, 0, 0, 1, 43, 28] });
});

test("where there is nothing, nothing is drawn", () => {
  assert.equal(placing(KNOWN, { ...KNOWN, edited_url: null, edited_bbox: null }), null);
});
