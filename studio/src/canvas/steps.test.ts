import assert from "node:assert/strict";
import { test } from "node:test";
import type { Layer, Operation } from "../api/types.ts";
import type { Matrix, Point } from "../geometry/matrix.ts";
import { changed } from "../state/preview.ts";
import { about, boundsOf, frameOf, localOf, outermost, pointOf, rotation } from "./frame.ts";
import { anchorOf, matrixOf, operationsFor } from "./steps.ts";

function layer(index: number, matrix: Matrix, rest: Partial<Layer> = {}): Layer {
  return { index, kind: "object", matrix, bbox: [0, 0, 0, 0], source_bbox: [0, 0, 40, 20], changed: [], parent: null, ...rest } as Layer;
}

const PLAIN = [layer(0, [1, 0, 0, 1, 10, 30])];
const TURNED = [layer(0, [...rotation(30).slice(0, 4), 50, 60] as unknown as Matrix)];
const GROUP = [layer(0, [1, 0, 0, 1, 0, 0], { parent: 2 }), layer(1, [2, 0, 0, 2, 100, 50], { parent: 2 }), layer(2, [1, 0, 0, 1, 0, 0], { kind: "group" })];

function shareOf(anchor: unknown): [number, number] {
  if (typeof anchor !== "string") return (anchor as [number, number] | undefined) ?? [0, 0];
  const along = (low: string, high: string) => (anchor.includes(low) ? 0 : anchor.includes(high) ? 1 : 0.5);
  return [along("left", "right"), along("top", "bottom")];
}

/** What the server makes of operations: each about an anchor of the box as it is by then. */
function served(layers: readonly Layer[], operations: readonly Operation[]): Layer[] {
  return operations.reduce((now: Layer[], { op, layer: index, ...rest }) => {
    const [x, y, width, height] = boundsOf(now, index as number) ?? [0, 0, 0, 0];
    const [fx, fy] = shareOf(rest["anchor"]);
    const fixed: Point = [x + fx * width, y + fy * height];
    const by = rest["by"] as number & { x: number; y: number };
    const to = rest["to"] as { x: number; y: number };
    const delta: Matrix =
      op === "rotate" ? about(fixed, rotation(by))
      : op === "scale" ? about(fixed, [by.x ?? by, 0, 0, by.y ?? by, 0, 0])
      : op === "flip" ? about(fixed, rest["axis"] === "horizontal" ? [-1, 0, 0, 1, 0, 0] : [1, 0, 0, -1, 0, 0])
      : [1, 0, 0, 1, to.x - x, to.y - y];
    return changed(now, new Map([[index as number, { delta }]]));
  }, [...layers]);
}

function assertSame(layers: readonly Layer[], index: number, shape: Parameters<typeof matrixOf>[0]): Operation[] {
  const operations = operationsFor(layers, index, shape);
  const wanted = changed(layers, new Map([[index, { delta: matrixOf(shape) }]]));
  served(layers, operations).forEach((one, at) => {
    one.matrix.forEach((value, place) => assert.ok(Math.abs(value - (wanted[at]!.matrix[place] ?? NaN)) < 1e-6, `${one.matrix} ${wanted[at]!.matrix}`));
  });
  return operations;
}

test("a corner that is pulled scales about the other one, in one operation", () => {
  const operations = assertSame(PLAIN, 0, { fixed: [10, 30], across: 1.5, down: 2, angle: 0, turn: 0 });
  assert.deepEqual(operations, [{ op: "scale", layer: 0, by: { x: 1.5, y: 2 }, anchor: "top-left" }]);
});

test("a turn about the middle is one operation", () => {
  const operations = assertSame(PLAIN, 0, { fixed: [30, 40], across: 1, down: 1, angle: 0, turn: 15 });
  assert.deepEqual(operations, [{ op: "rotate", layer: 0, by: 15, anchor: "center" }]);
});

test("what is turned is scaled along its own sides", () => {
  const frame = frameOf(TURNED, [0])!;
  assert.ok(Math.abs(frame.angle - 30) < 1e-9);
  assertSame(TURNED, 0, { fixed: pointOf(frame, [-1, -1]), across: 1.5, down: -0.5, angle: frame.angle, turn: 0 });
});

test("groups and several layers go about a point that need not be theirs", () => {
  assertSame(GROUP, 2, { fixed: [-20, 300], across: 0.5, down: 0.5, angle: 0, turn: 0 });
  assertSame(GROUP, 2, { fixed: [30, 40], across: 1, down: 1, angle: 0, turn: 33 });
  assertSame(PLAIN, 0, { fixed: [90_000, -40_000], across: 1.25, down: 1.25, angle: 0, turn: 0 });
});

test("anchors have names where they can", () => {
  assert.equal(anchorOf([0, 0, 10, 10], [5, 10]), "bottom");
  assert.deepEqual(anchorOf([0, 0, 10, 10], [20, 5]), [2, 0.5]);
  assert.equal(anchorOf([0, 0, 1, 1], [500, 0]), null);
});

test("a frame knows its points from both sides", () => {
  const frame = frameOf(TURNED, [0])!;
  localOf(frame, pointOf(frame, [1, -1])).forEach((value, at) => assert.ok(Math.abs(value - [20, -10][at]!) < 1e-9));
});

test("what is in a selected group is not selected beside it", () => {
  assert.deepEqual(outermost(GROUP, [0, 1, 2]), [2]);
  assert.deepEqual(outermost(GROUP, [1]), [1]);
  assert.deepEqual(boundsOf(GROUP, 2), [0, 0, 180, 90]);
});
