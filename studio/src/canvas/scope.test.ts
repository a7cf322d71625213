import assert from "node:assert/strict";
import { test } from "node:test";
import type { Layer } from "../api/types.ts";
import { groundOf, inwards, isFree, isMovable, meantBy } from "./scope.ts";

function layer(index: number, rest: Partial<Layer> = {}): Layer {
  return { index, kind: "object", bbox: [0, 0, 10, 10], parent: null, visible: true, locked: false, ...rest } as Layer;
}

/** 0; 1 and 2 in 3; 3 and 4 in 5. */
const LAYERS = [
  layer(0, { bbox: [-1, 0, 101, 50] }),
  layer(1, { parent: 3 }),
  layer(2, { parent: 3 }),
  layer(3, { kind: "group", parent: 5 }),
  layer(4, { parent: 5, locked: true }),
  layer(5, { kind: "group" }),
];

test("a pixel means the outermost group, until something in it is selected", () => {
  assert.equal(meantBy(LAYERS, 1, []), 5);
  assert.equal(meantBy(LAYERS, 1, [5]), 5);
  assert.equal(meantBy(LAYERS, 1, [4]), 3);
  assert.equal(meantBy(LAYERS, 1, [2]), 1);
  assert.equal(meantBy(LAYERS, 0, [2]), 0);
});

test("a group is entered step by step", () => {
  assert.equal(inwards(LAYERS, 1, 5), 3);
  assert.equal(inwards(LAYERS, 1, 3), 1);
  assert.equal(inwards(LAYERS, 1, 1), 1);
});

test("what is locked cannot be taken, nor moved with its group", () => {
  assert.ok(!isFree(LAYERS, 4));
  assert.ok(isFree(LAYERS, 1));
  assert.ok(!isMovable(LAYERS, 5));
  assert.ok(isMovable(LAYERS, 3));
});

test("the ground is the lowest layer, where it fills the canvas", () => {
  assert.equal(groundOf(LAYERS, 100, 50), 0);
  assert.equal(groundOf(LAYERS, 101, 50), null);
});
