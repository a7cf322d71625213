import assert from "node:assert/strict";
import { test } from "node:test";
import { clamp, decimalsOf, rounded, shareOf, shown, stepped } from "./numbers.ts";

test("a step tells how many decimals it needs", () => {
  assert.deepEqual([1, 10, 0.5, 0.05, 1e-7, 2.5e-3].map(decimalsOf), [0, 0, 1, 2, 7, 4]);
});

test("a number is shown without noughts at its end and without minus nought", () => {
  assert.equal(shown(120), "120");
  assert.equal(shown(12.5), "12.5");
  assert.equal(shown(100 / 3), "33.33");
  assert.equal(shown(1 / 3, 0.001), "0.333");
  assert.equal(shown(-0.0001), "0");
});

test("steps add up exactly and stop at the ends", () => {
  assert.equal(stepped(0.1, 0.2), 0.3);
  assert.equal(stepped(12.34, 1), 13.34);
  assert.equal(stepped(95, 10, 0, 100), 100);
  assert.equal(stepped(5, -10, 0, 100), 0);
  assert.equal(Array.from({ length: 10 }).reduce<number>((value) => stepped(value, 0.1), 0), 1);
});

test("a number is bounded, and placed between its ends", () => {
  assert.equal(clamp(5, 0, 3), 3);
  assert.equal(clamp(-5), -5);
  assert.equal(rounded(1.005, 1), 1);
  assert.equal(shareOf(0, -100, 100), 0.5);
  assert.equal(shareOf(500, -100, 100), 1);
  assert.equal(shareOf(1, 1, 1), 0);
});
