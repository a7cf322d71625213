import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame } from "./frame.ts";
import { cursorOf, gripAt, handlesOf, KNOB, NEAR, onStage } from "./handles.ts";

const FRAME: Frame = { centre: [100, 100], width: 100, height: 60, angle: 0 };

test("corners, sides, the knob and the turning zone", () => {
  assert.deepEqual(gripAt(FRAME, [52, 71], NEAR), [-1, -1]);
  assert.deepEqual(gripAt(FRAME, [150, 100], NEAR), [1, 0]);
  assert.equal(gripAt(FRAME, [100, 70 - KNOB], NEAR), "rotate");
  assert.equal(gripAt(FRAME, [164, 144], NEAR), "rotate");
  assert.equal(gripAt(FRAME, [100, 100], NEAR), null);
  assert.equal(gripAt(FRAME, [164, 100], NEAR), null);
});

test("a turned frame has its handles where it shows them", () => {
  assert.deepEqual(gripAt({ ...FRAME, angle: 90 }, [70, 150], NEAR), [1, 1]);
});

test("what is small is dragged from within, and scaled from without", () => {
  const small = { ...FRAME, width: 10, height: 10 };
  assert.equal(gripAt(small, [100, 100], NEAR), null);
  assert.deepEqual(gripAt(small, [107, 107], NEAR), [1, 1]);
  assert.equal(handlesOf(small).length, 4);
});

test("cursors turn with the frame", () => {
  assert.equal(cursorOf([1, 0], 0), "ew-resize");
  assert.equal(cursorOf([1, 1], 0), "nwse-resize");
  assert.equal(cursorOf([1, 1], 90), "nesw-resize");
  assert.equal(cursorOf([-1, 0], 90), "ns-resize");
});

test("on the stage a frame is as large as it is seen", () => {
  assert.deepEqual(onStage(FRAME, [2, 0, 0, 2, 5, 6]), { centre: [205, 206], width: 200, height: 120, angle: 0 });
});
