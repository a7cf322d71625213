import assert from "node:assert/strict";
import { test } from "node:test";
import { IDENTITY, inverse, mapped, then, translation, type Matrix } from "./matrix.ts";

const TURN: Matrix = [0, 1, -1, 0, 10, 20];

test("a map and its inverse are nothing", () => {
  const back = inverse(TURN);
  assert.ok(back);
  assert.deepEqual(then(TURN, back).map((value) => value + 0), [...IDENTITY]);
});

test("what flattens has no inverse", () => {
  assert.equal(inverse([1, 0, 1, 0, 0, 0]), null);
});

test("then goes from left to right", () => {
  assert.deepEqual(mapped([1, 0], then(TURN, translation(5, 0))), [15, 21]);
  assert.deepEqual(mapped([1, 0], then(translation(5, 0), TURN)), [10, 26]);
});
