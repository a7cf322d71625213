import assert from "node:assert/strict";
import { test } from "node:test";
import { boxAround, boxMapped, contains } from "./box.ts";

test("the box around boxes holds them all", () => {
  assert.deepEqual(boxAround([[2, 3, 4, 5], [-1, 4, 2, 9]]), [-1, 3, 7, 10]);
  assert.equal(boxAround([]), null);
});

test("a quarter turn swaps the sides", () => {
  assert.deepEqual(boxMapped([0, 0, 4, 2], [0, 1, -1, 0, 0, 0]), [-2, 0, 2, 4]);
});

test("a box holds its top left edge and not the other", () => {
  assert.ok(contains([0, 0, 2, 2], [0, 0]));
  assert.ok(!contains([0, 0, 2, 2], [2, 0]));
});
