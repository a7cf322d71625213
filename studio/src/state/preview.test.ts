import assert from "node:assert/strict";
import { test } from "node:test";
import type { Document, Layer } from "../api/types.ts";
import { changed, living, operated, within } from "./preview.ts";

function layer(index: number, rest: Partial<Layer> = {}): Layer {
  return {
    index, name: `layer ${index}`, kind: "object", bbox: [0, 0, 10, 10], matrix: [1, 0, 0, 1, 0, 0],
    source_bbox: [0, 0, 10, 10], angle: 0, changed: [], colors: [], blur: null, words: null, opacity: 1, blend: "normal", visible: true, locked: false,
    deleted: false, parent: null, text: null, asset: null, url: `/${index}.png`, thumbnail_url: null, edited_url: null,
    edited_bbox: null, ...rest,
  };
}

/** 0, then a group 3 of 1 and 2, then 4. */
const LAYERS = [layer(0), layer(1, { parent: 3 }), layer(2, { parent: 3 }), layer(3, { kind: "group" }), layer(4)];
const DOCUMENT = { layers: LAYERS } as unknown as Document;

test("a group takes along what is in it", () => {
  assert.deepEqual(within(LAYERS, 3), [3, 1, 2]);
  const moved = operated(DOCUMENT, [{ op: "move", layer: 3, by: { x: 5, y: -2 } }]).layers;
  assert.deepEqual(moved.map((each) => each.matrix[4]), [0, 5, 5, 5, 0]);
  assert.deepEqual(moved[1]?.bbox, [5, -2, 10, 10]);
});

test("what is in a deleted group is deleted, and comes back with it", () => {
  const without = operated(DOCUMENT, [{ op: "delete", layer: 3 }]);
  assert.deepEqual(living(without.layers).map((each) => each.index), [0, 4]);
  assert.deepEqual(living(operated(without, [{ op: "restore", layer: 3 }]).layers).length, 5);
});

test("properties go by index, by name and by lists", () => {
  const { layers } = operated(DOCUMENT, [
    { op: "hide", layer: [0, "layer 4"] },
    { op: "opacity", layer: 0, to: 0.5 },
    { op: "rename", layer: 0, name: "ground" },
  ]);
  assert.deepEqual(layers.map((each) => each.visible), [false, true, true, true, false]);
  assert.deepEqual([layers[0]?.opacity, layers[0]?.name], [0.5, "ground"]);
});

test("a layer goes above a whole group, or below it", () => {
  const order = (operation: object) => operated(DOCUMENT, [{ op: "reorder", ...operation }]).layers.map((each) => each.index);
  assert.deepEqual(order({ layer: 0, above: 3 }), [1, 2, 3, 0, 4]);
  assert.deepEqual(order({ layer: 4, below: 3 }), [0, 4, 1, 2, 3]);
  assert.deepEqual(order({ layer: 3, below: 0 }), [1, 2, 3, 0, 4]);
  assert.deepEqual(order({ layer: 0, above: 0 }), [0, 1, 2, 3, 4]);
});

test("next to a layer of a group it comes into that group, and out of it again", () => {
  const after = (operation: object) => operated(DOCUMENT, [{ op: "reorder", ...operation }]).layers;
  const within = after({ layer: [0, 4], above: 1 });
  assert.deepEqual(within.map((each) => each.index), [1, 0, 4, 2, 3]);
  assert.deepEqual(within.map((each) => each.parent), [3, 3, 3, 3, null]);
  const out = after({ layer: 1, above: 3 });
  assert.deepEqual(out.map((each) => [each.index, each.parent]), [[0, null], [2, 3], [3, null], [1, null], [4, null]]);
  assert.deepEqual(after({ layer: 3, above: 1 }), LAYERS);
});

test("the ends are those of the group that a layer is in", () => {
  const order = (operation: object) => operated(DOCUMENT, [{ op: "reorder", ...operation }]).layers.map((each) => each.index);
  assert.deepEqual(order({ layer: 1, to: "top" }), [0, 2, 1, 3, 4]);
  assert.deepEqual(order({ layer: 4, to: "bottom" }), [4, 0, 1, 2, 3]);
  assert.deepEqual(order({ layer: [1, 4], to: "top" }), [0, 1, 2, 3, 4]);
});

test("what cannot be foreseen changes nothing", () => {
  assert.deepEqual(operated(DOCUMENT, [{ op: "recolor", layer: 0 }, { op: "move", layer: 0, by: { x: "5%" } }]), DOCUMENT);
});

test("the delta of a gesture comes after the layer's own matrix", () => {
  const [scaled] = changed([layer(0, { matrix: [2, 0, 0, 2, 10, 0] })], new Map([[0, { delta: [1, 0, 0, 1, 3, 0] }]]));
  assert.deepEqual(scaled?.matrix, [2, 0, 0, 2, 13, 0]);
});
