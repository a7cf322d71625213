import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf } from "./runs.ts";
import type { Sprite } from "./sprites.ts";

function sprite(index: number, rest: Partial<Sprite> = {}): Sprite {
  return {
    index, image: {} as ImageBitmap, matrix: [1, 0, 0, 1, 0, 0], opacity: 1, blend: "source-over", visible: true,
    isIsolated: false, children: [], ...rest,
  };
}

const told = (sprites: Sprite[], moving: number[]) =>
  runsOf(sprites, new Set(moving)).map(({ kind, sprites: those, blend }) => [kind, those.map((one) => one.index), blend]);

test("below, what moves, above: three pictures", () => {
  assert.deepEqual(told([sprite(0), sprite(1), sprite(2), sprite(3), sprite(4)], [2]), [
    ["still", [0, 1], "source-over"],
    ["moving", [2], "source-over"],
    ["still", [3, 4], "source-over"],
  ]);
});

test("modes are laid within the lowest picture, and one by one above what moves", () => {
  const multiply: Partial<Sprite> = { blend: "multiply" };
  assert.deepEqual(told([sprite(0), sprite(1, multiply), sprite(2, multiply), sprite(3), sprite(4, multiply), sprite(5)], [2]), [
    ["still", [0, 1], "source-over"],
    ["moving", [2], "multiply"],
    ["still", [3], "source-over"],
    ["still", [4], "multiply"],
    ["still", [5], "source-over"],
  ]);
});

test("a group that only holds is taken apart, one that is laid as a whole stays whole", () => {
  const group: Partial<Sprite> = { image: null, children: [sprite(1), sprite(2)] };
  assert.deepEqual(told([sprite(0), sprite(3, group)], [2]), [
    ["still", [0, 1], "source-over"],
    ["moving", [2], "source-over"],
  ]);
  assert.deepEqual(told([sprite(0), sprite(3, { ...group, isIsolated: true })], [2]), [
    ["still", [0], "source-over"],
    ["alive", [3], "source-over"],
  ]);
});

test("what is hidden is in no picture", () => {
  assert.deepEqual(told([sprite(0), sprite(1, { visible: false })], [0]), [["moving", [0], "source-over"]]);
});
