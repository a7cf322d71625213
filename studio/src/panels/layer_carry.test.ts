import assert from "node:assert/strict";
import { test } from "node:test";
import { carried } from "./layer_carry.ts";

/** Layer 1 of 0–3 came apart into three: 1, 2 and 3; 2 and 3 of before are 4 and 5. */
const SPLIT = { layer: 1, parts: 3, count: 4 };

test("edits of other layers follow their layers", () => {
  assert.deepEqual(carried([{ op: "hide", layer: 0 }, { op: "recolor", layer: [2, 3], color: "#f00" }, { op: "reorder", layer: 3, below: 2 }], SPLIT, "x"), [
    { op: "hide", layer: 0 }, { op: "recolor", layer: [4, 5], color: "#f00" }, { op: "reorder", layer: 5, below: 4 },
  ]);
  assert.deepEqual(carried([], SPLIT, "x"), []);
});

test("what was made by edits follows too", () => {
  assert.deepEqual(carried([{ op: "duplicate", layer: [2, 3] }, { op: "add", asset: "a", above: 5 }, { op: "rename", layer: 6, name: "y" }], SPLIT, "x"), [
    { op: "duplicate", layer: [4, 5] }, { op: "add", asset: "a", above: 7 }, { op: "rename", layer: 8, name: "y" },
  ]);
});

test("edits of the layer go to a group of its parts", () => {
  assert.deepEqual(carried([{ op: "move", layer: 1, by: { x: 5 } }, { op: "duplicate", layer: 0 }, { op: "hide", layer: 4 }], SPLIT, "card"), [
    { op: "group", layer: [1, 2, 3], name: "card" },
    { op: "move", layer: 6, by: { x: 5 } }, { op: "duplicate", layer: 0 }, { op: "hide", layer: 7 },
  ]);
  assert.deepEqual(carried([{ op: "reorder", layer: 3, below: 1 }], SPLIT, "card"), [
    { op: "group", layer: [1, 2, 3], name: "card" }, { op: "reorder", layer: 5, below: 6 },
  ]);
});

test("what might not come to the same is left", () => {
  for (const operation of [
    { op: "recolor", layer: 1 }, { op: "replace", layer: [0, 1] }, { op: "duplicate", layer: 1 }, { op: "hide", layer: "*" },
    { op: "move", layer: "card" }, { op: "reorder", layer: 0, above: "card" }, { op: "scale", layer: 1 },
  ]) assert.equal(carried([operation], SPLIT, "x"), null, JSON.stringify(operation));
  assert.equal(carried([{ op: "group", layer: [1, 2] }, { op: "recolor", layer: 4 }], SPLIT, "x"), null);
  assert.equal(carried([{ op: "group", layer: [1, 2] }, { op: "duplicate", layer: 4 }], SPLIT, "x"), null);
  assert.notEqual(carried([{ op: "group", layer: [1, 2] }, { op: "ungroup", layer: 4 }], SPLIT, "x"), null);
});
