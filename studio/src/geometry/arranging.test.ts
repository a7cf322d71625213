import assert from "node:assert/strict";
import { test } from "node:test";
import type { Box, Layer } from "../api/types.ts";
import { changed } from "../state/preview.ts";
import { aligned, boxOf, boxOfAll, distributed, flipped, movedTo, resized, turned, type Arranging } from "./arranging.ts";

function layer(index: number, [x, y, width, height]: Box, rest: Partial<Layer> = {}): Layer {
  return {
    index, name: `layer ${index}`, kind: "object", bbox: [x, y, width, height], matrix: [1, 0, 0, 1, x, y],
    source_bbox: [0, 0, width, height], angle: 0, changed: [], colors: [], blur: null, words: null, opacity: 1,
    blend: "normal", visible: true, locked: false, deleted: false, parent: null, text: null, asset: null, url: null,
    thumbnail_url: null, edited_url: null, edited_bbox: null, ...rest,
  };
}

const LAYERS = [
  layer(0, [10, 20, 40, 10]), layer(1, [100, 60, 20, 20]), layer(2, [60, 0, 10, 30]),
  layer(3, [0, 0, 0, 0], { kind: "group" }), layer(4, [200, 100, 10, 10], { parent: 3 }), layer(5, [220, 130, 10, 10], { parent: 3 }),
];
const of = (...indices: number[]): Arranging => ({ layers: LAYERS, meant: indices.map((index) => LAYERS[index] as Layer) });
const after = (asked: Arranging, { changes }: { changes: Parameters<typeof changed>[1] }): Box[] => {
  const layers = changed(asked.layers, changes);
  return asked.meant.map((one) => boxOf(layers[one.index] as Layer, layers).map((value) => Math.round(value * 1e6) / 1e6) as unknown as Box);
};

test("several are moved as one, by the corner of the box around them", () => {
  const moved = movedTo(of(0, 1), 0, null);
  assert.deepEqual(moved.operations, [{ op: "move", layer: [0, 1], by: { x: -10 } }]);
  assert.deepEqual(after(of(0, 1), moved), [[0, 20, 40, 10], [90, 60, 20, 20]]);
  assert.deepEqual(movedTo(of(0), 10, 20).operations, []);
});

test("what is in a group that is selected too goes with it, once", () => {
  assert.deepEqual(boxOfAll(of(3)), [200, 100, 30, 40]);
  assert.deepEqual(movedTo(of(3, 4), 100, 100).operations, [{ op: "move", layer: 3, by: { x: -100 } }]);
});

test("a side that is typed is the box's, its corner staying", () => {
  const one = resized(of(0), 80, null);
  assert.deepEqual(one.operations, [{ op: "scale", layer: 0, by: { x: 2, y: 1 }, anchor: "top-left" }]);
  assert.deepEqual(after(of(0), one), [[10, 20, 80, 10]]);
  const two = resized(of(0, 1), 220, 120);
  assert.deepEqual(after(of(0, 1), two), [[10, 20, 80, 20], [190, 100, 40, 40]]);
  assert.deepEqual(two.operations[1], { op: "scale", layer: 1, by: 2, anchor: [-4.5, -2] });
});

test("several turn about the middle of the box around them", () => {
  assert.deepEqual(turned(of(0), 450).operations, [{ op: "rotate", layer: 0, by: 90, anchor: "center" }]);
  assert.deepEqual(turned(of(0), -90).operations, [{ op: "rotate", layer: 0, by: -90, anchor: "center" }]);
  const both = turned(of(0, 1), 180);
  assert.deepEqual(after(of(0, 1), both), [[80, 70, 40, 10], [10, 20, 20, 20]]);
  assert.deepEqual(turned(of(0), 360).operations, []);
});

test("a mirror stands in the middle of the box around them", () => {
  const both = flipped(of(0, 1), "horizontal");
  assert.deepEqual(after(of(0, 1), both), [[80, 20, 40, 10], [10, 60, 20, 20]]);
  assert.deepEqual(both.operations[0], { op: "flip", axis: "horizontal", layer: 0, anchor: [1.375, 3] });
});

test("each comes to lie against a side", () => {
  const right = aligned(of(0, 1), "right", [0, 0, 300, 200]);
  assert.deepEqual(after(of(0, 1), right), [[260, 20, 40, 10], [280, 60, 20, 20]]);
  const middle = aligned(of(0, 3), "middle", [0, 0, 300, 200]);
  assert.deepEqual(after(of(0, 3), middle), [[10, 95, 40, 10], [200, 80, 30, 40]]);
});

test("the room between three becomes the same", () => {
  const even = distributed(of(0, 1, 2), "horizontal");
  assert.deepEqual(after(of(0, 1, 2), even), [[10, 20, 40, 10], [100, 60, 20, 20], [70, 0, 10, 30]]);
  assert.deepEqual(distributed(of(0, 1), "horizontal").operations, []);
});
