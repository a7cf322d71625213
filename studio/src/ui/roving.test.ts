import assert from "node:assert/strict";
import { test } from "node:test";
import { nextIn } from "./roving.ts";

const texts = ["Copy", "Cut", "Paste", "删除"];

test("arrows go round in a circle", () => {
  assert.equal(nextIn(texts, 0, "ArrowDown"), 1);
  assert.equal(nextIn(texts, 3, "ArrowDown"), 0);
  assert.equal(nextIn(texts, 0, "ArrowUp"), 3);
  assert.equal(nextIn(texts, 3, "ArrowLeft"), 2);
});

test("with nothing chosen, down is the first and up the last", () => {
  assert.equal(nextIn(texts, -1, "ArrowDown"), 0);
  assert.equal(nextIn(texts, -1, "ArrowUp"), 3);
});

test("Home and End are the ends", () => {
  assert.equal(nextIn(texts, 2, "Home"), 0);
  assert.equal(nextIn(texts, 0, "End"), 3);
});

test("a letter goes on to the next that begins with it", () => {
  assert.equal(nextIn(texts, 0, "c"), 1);
  assert.equal(nextIn(texts, 1, "C"), 0);
  assert.equal(nextIn(texts, 0, "删"), 3);
  assert.equal(nextIn(texts, 2, "p"), 2);
});

test("other keys are none of its business", () => {
  for (const key of ["x", "Enter", " ", "Shift", "F1"]) assert.equal(nextIn(texts, 0, key), null);
  assert.equal(nextIn([], -1, "ArrowDown"), null);
});
