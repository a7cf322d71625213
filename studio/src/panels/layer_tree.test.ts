import assert from "node:assert/strict";
import { test } from "node:test";
import type { Layer } from "../api/types.ts";
import { isAlone, type Solo, soloed } from "./layer_solo.ts";
import { deletedOf, dropped, outermost, picked, rowsOf, stepped, targetAt, toEnd } from "./layer_tree.ts";

function layer(index: number, rest: Partial<Layer> = {}): Layer {
  return { index, name: `layer ${index}`, kind: "object", visible: true, deleted: false, parent: null, ...rest } as Layer;
}

/** Front first: 5, 4 (of 3, 2), 1, 0. */
const LAYERS = [layer(0), layer(1), layer(2, { parent: 4 }), layer(3, { parent: 4 }), layer(4, { kind: "group" }), layer(5)];
const ROWS = rowsOf(LAYERS, new Set());

test("rows are front first, and what is in a group follows it unless it is folded", () => {
  assert.deepEqual(ROWS.map((row) => [row.layer.index, row.level, row.place, row.count, row.folded]), [
    [5, 1, 1, 4, null], [4, 1, 2, 4, false], [3, 2, 1, 2, null], [2, 2, 2, 2, null], [1, 1, 3, 4, null], [0, 1, 4, 4, null],
  ]);
  assert.deepEqual(rowsOf(LAYERS, new Set([4])).map((row) => row.layer.index), [5, 4, 1, 0]);
});

test("what can be restored is neither what went with a group nor an ungrouped group", () => {
  const gone = [layer(0, { deleted: true }), layer(1, { parent: 2, deleted: true }), layer(2, { kind: "group", deleted: true }), layer(3, { kind: "group", deleted: true })];
  assert.deepEqual(deletedOf(gone).map((each) => each.index), [2, 0]);
});

test("a click selects, Ctrl adds and takes away, Shift selects up to there from where the last one was", () => {
  const [plain, ctrl, shift] = [{ shift: false, ctrl: false }, { shift: false, ctrl: true }, { shift: true, ctrl: false }];
  const one = picked(ROWS, { selection: new Set([0]), anchor: 0 }, 5, plain);
  assert.deepEqual([[...one.selection], one.anchor], [[5], 5]);
  const two = picked(ROWS, one, 2, ctrl);
  assert.deepEqual([[...two.selection], two.anchor], [[5, 2], 2]);
  assert.deepEqual([...picked(ROWS, two, 2, ctrl).selection], [5]);
  const range = picked(ROWS, two, 5, shift);
  assert.deepEqual([[...range.selection], range.anchor], [[5, 4, 3, 2], 2]);
  assert.deepEqual([...picked(ROWS, range, 0, shift).selection], [2, 1, 0]);
  assert.deepEqual([...picked(ROWS, one, 0, { shift: true, ctrl: true }).selection], [5, 4, 3, 2, 1, 0]);
  assert.deepEqual([...picked(ROWS, { selection: new Set(), anchor: 99 }, 1, shift).selection], [1]);
});

test("a group takes along what is in it", () => {
  assert.deepEqual(outermost(LAYERS, new Set([5, 3, 4, 0])), [0, 4, 5]);
});

test("the place of a drop follows the pointer", () => {
  const at = (row: number, fraction: number, level = 9) => targetAt(ROWS, row, fraction, level);
  assert.deepEqual(at(0, 0.4), { index: 5, where: "above" });
  assert.deepEqual(at(0, 0.6), { index: 5, where: "below" });
  assert.deepEqual(at(1, 0.1), { index: 4, where: "above" });
  assert.deepEqual(at(1, 0.9), { index: 4, where: "into" });
  assert.deepEqual(targetAt(rowsOf(LAYERS, new Set([4])), 1, 0.9, 9), { index: 4, where: "below" });
  assert.deepEqual(at(3, 0.9, 2), { index: 2, where: "below" });
  assert.deepEqual(at(3, 0.9, 1), { index: 4, where: "below" });
  assert.equal(at(6, 0.5), null);
});

test("a drop becomes one operation", () => {
  assert.deepEqual(dropped(LAYERS, [0], { index: 5, where: "above" }), [{ op: "reorder", layer: [0], above: 5 }]);
  assert.deepEqual(dropped(LAYERS, [0, 1], { index: 4, where: "into" }), [{ op: "reorder", layer: [0, 1], above: 3 }]);
  assert.deepEqual(dropped(LAYERS, [3], { index: 4, where: "below" }), [{ op: "reorder", layer: [3], below: 4 }]);
  assert.deepEqual(dropped(LAYERS, [0, 5], { index: 5, where: "above" }), [{ op: "reorder", layer: [0, 5], above: 4 }]);
});

test("a drop that changes nothing is none, and one into itself is refused", () => {
  assert.deepEqual(dropped(LAYERS, [1], { index: 0, where: "above" }), []);
  assert.deepEqual(dropped(LAYERS, [1], { index: 1, where: "below" }), []);
  assert.deepEqual(dropped(LAYERS, [3], { index: 4, where: "into" }), []);
  assert.deepEqual(dropped(LAYERS, [2, 3], { index: 3, where: "above" }), []);
  assert.equal(dropped(LAYERS, [4], { index: 3, where: "above" }), null);
  assert.equal(dropped(LAYERS, [4], { index: 4, where: "into" }), null);
  assert.equal(dropped([layer(0), layer(1, { kind: "group" })], [0], { index: 1, where: "into" }), null);
});

test("a step goes past the next one, several together, and out of a group at its end", () => {
  assert.deepEqual(stepped(LAYERS, [0], true), [{ op: "reorder", layer: [0], above: 1 }]);
  assert.deepEqual(stepped(LAYERS, [0, 1], true), [{ op: "reorder", layer: [0, 1], above: 4 }]);
  assert.deepEqual(stepped(LAYERS, [0, 4], true), [{ op: "reorder", layer: [0, 4], to: "forward" }]);
  assert.deepEqual(stepped(LAYERS, [3], true), [{ op: "reorder", layer: [3], above: 4 }]);
  assert.deepEqual(stepped(LAYERS, [2], false), [{ op: "reorder", layer: [2], below: 4 }]);
  assert.deepEqual(stepped(LAYERS, [2], true), [{ op: "reorder", layer: [2], above: 3 }]);
  assert.equal(stepped(LAYERS, [5], true), null);
  assert.equal(stepped(LAYERS, [0], false), null);
  assert.equal(toEnd(LAYERS, [5], true), null);
  assert.deepEqual(toEnd(LAYERS, [3], false), [{ op: "reorder", layer: [3], to: "bottom" }]);
});

test("one alone hides what is beside it and beside its groups, and brings back what was seen before", () => {
  const layers = [layer(0), layer(1, { visible: false }), ...LAYERS.slice(2)];
  const alone = soloed(layers, 3, null);
  assert.deepEqual(alone.operations, [{ op: "hide", layer: [0, 2, 5] }]);
  const then = layers.map((each) => ({ ...each, visible: ![0, 1, 2, 5].includes(each.index) }));
  assert.ok(isAlone(then, 3));
  assert.deepEqual(soloed(then, 3, alone.memory), { operations: [{ op: "show", layer: [0, 2, 5] }], memory: null });
  assert.deepEqual(soloed(then, 3, null).operations, [{ op: "show", layer: [0, 1, 2, 5] }]);
  const other = soloed(then, 1, alone.memory);
  assert.deepEqual(other.operations, [{ op: "show", layer: [1] }, { op: "hide", layer: [4] }]);
  assert.deepEqual(sorted(other.memory), [[0, 2, 4, 5], [1]]);
});

function sorted(solo: Solo | null): number[][] {
  return [[...(solo?.hidden ?? [])].sort(), [...(solo?.shown ?? [])].sort()];
}
