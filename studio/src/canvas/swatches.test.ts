import assert from "node:assert/strict";
import { test } from "node:test";
import { swatches } from "./swatches.ts";

const pixels = (...some: [count: number, ...rgba: number[]][]) =>
  new Uint8ClampedArray(some.flatMap(([count, ...rgba]) => Array.from({ length: count }, () => rgba).flat()));

test("the commonest come first, and shades of one colour count once", () => {
  const found = swatches(pixels([50, 200, 40, 40, 255], [5, 196, 44, 40, 255], [80, 20, 20, 30, 255], [20, 250, 250, 250, 255]), 8);
  assert.deepEqual(found, ["#14141e", "#c82828", "#fafafa"]);
});

test("edges and what cannot be seen do not count", () => {
  assert.deepEqual(swatches(pixels([9, 255, 0, 0, 100], [5, 0, 0, 255, 255]), 8), ["#0000ff"]);
  assert.deepEqual(swatches(pixels([9, 255, 0, 0, 0]), 8), []);
});

test("no more than are asked for", () => {
  assert.equal(swatches(pixels([3, 255, 0, 0, 255], [2, 0, 255, 0, 255], [1, 0, 0, 255, 255]), 2).length, 2);
});
