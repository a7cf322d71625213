import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, snapped, snappedTo } from "./snap.ts";

const CANVAS = linesOf([[0, 0, 200, 100]]);

test("an edge goes to the nearest line within reach, and the line is told", () => {
  assert.deepEqual(snapped([4, 10, 30, 30], CANVAS, 6), { by: [-4, 0], guides: [{ axis: "x", at: 0 }] });
});

test("a middle goes to a middle", () => {
  const { by, guides } = snapped([87, 33, 30, 30], CANVAS, 6);
  assert.deepEqual(by, [-2, 2]);
  assert.deepEqual(guides, [{ axis: "x", at: 100 }, { axis: "y", at: 50 }]);
});

test("out of reach nothing is pulled", () => {
  assert.deepEqual(snapped([7, 20, 30, 20], CANVAS, 6), { by: [0, 0], guides: [] });
});

test("of two lines the nearer one wins", () => {
  assert.deepEqual(snapped([12, 60, 5, 5], linesOf([[8, 0, 2, 2], [11, 0, 0, 0]]), 6).by[0], -1);
});

test("both edges that lie on lines are shown", () => {
  const { guides } = snapped([1, 40, 200, 20], CANVAS, 6);
  assert.deepEqual(guides.filter((guide) => guide.axis === "x").map((guide) => guide.at), [0, 100, 200]);
});

test("a place that catches nothing comes to a whole pixel", () => {
  assert.deepEqual(snappedTo(40.4, CANVAS.x, 3), { at: 40, isOnLine: false });
  assert.deepEqual(snappedTo(98.2, CANVAS.x, 3), { at: 100, isOnLine: true });
});
