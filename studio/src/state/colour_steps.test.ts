import assert from "node:assert/strict";
import { test } from "node:test";
import type { ColourStep, Recolor } from "../api/types.ts";
import {
  adjustedIn, adjustOperation, readjusted, recolouredBy, recolourOperations, UNADJUSTED, withRecolouring,
} from "./colour_steps.ts";

const tint = (color: string, strength?: number): Recolor =>
  ({ op: "recolor", mode: "tint", color, ...(strength === undefined ? {} : { strength }) });
const swap = (from: string): Recolor => ({ op: "recolor", mode: "replace", color: "#111111", from, tolerance: 0.2 });

test("a colour set anew takes the place of those like it right before", () => {
  const tried = recolouredBy(recolouredBy([], tint("#ff0000", 0.5)), tint("#00ff00"));
  assert.deepEqual(tried, [tint("#00ff00")]);
  assert.deepEqual(recolouredBy(tried, tint("#0000ff", 0.5)), [tint("#00ff00"), tint("#0000ff", 0.5)]);
  assert.deepEqual(recolouredBy(tried, tint("#0000ff", 0)), tried);
});

test("of two colours that are replaced each stays", () => {
  assert.equal(recolouredBy([swap("#ffffff")], swap("#000000")).length, 2);
  assert.equal(recolouredBy([swap("#ffffff")], swap("#ffffff")).length, 1);
});

const STEPS: ColourStep[] = [
  { op: "adjust", brightness: 1.5 }, tint("#ff0000"), { op: "adjust", brightness: 2 }, { op: "adjust", hue: 300 },
];

test("sliders show what all adjustments come to", () => {
  assert.deepEqual(adjustedIn(STEPS, 4), { brightness: 3, contrast: 1, saturation: 1, hue: -60, blur: 4 });
  assert.deepEqual(adjustedIn([], null), UNADJUSTED);
});

test("a slider set back leaves the layer as if it had never been touched", () => {
  assert.deepEqual(readjusted(STEPS, UNADJUSTED), [tint("#ff0000")]);
  assert.deepEqual(adjustOperation(UNADJUSTED), { op: "adjust", reset: true });
});

test("one operation says all sliders", () => {
  const to = { ...UNADJUSTED, contrast: 1.2, blur: 3 };
  assert.deepEqual(adjustOperation(to), { op: "adjust", reset: true, contrast: 1.2, blur: 3 });
  assert.deepEqual(readjusted(STEPS, to), [tint("#ff0000"), { op: "adjust", contrast: 1.2 }]);
});

const adjust: ColourStep = { op: "adjust", brightness: 1.5 };

test("a recolouring is changed and taken away where it stands", () => {
  const steps = [tint("#ff0000"), adjust, swap("#ffffff")];
  assert.deepEqual(withRecolouring(steps, 0, tint("#00ff00")), [tint("#00ff00"), adjust, swap("#ffffff")]);
  assert.deepEqual(withRecolouring(steps, 1, null), [tint("#ff0000"), adjust]);
  assert.deepEqual(withRecolouring(steps, 2, tint("#0000ff")), [...steps, tint("#0000ff")]);
  assert.deepEqual(withRecolouring(steps, 2, null), steps);
});

test("of the server is asked no more than it takes", () => {
  assert.deepEqual(recolourOperations([], [tint("#ff0000")], null), [tint("#ff0000")]);
  assert.deepEqual(recolourOperations([tint("#ff0000")], [tint("#00ff00")], null), [tint("#00ff00")]);
  assert.deepEqual(recolourOperations([tint("#ff0000")], [tint("#ff0000", 1)], null), []);
  const weaker = tint("#ff0000", 0.5);
  assert.deepEqual(recolourOperations([adjust, tint("#ff0000")], [adjust, weaker], 3), [{ ...weaker, reset: true }]);
  assert.deepEqual(recolourOperations([tint("#ff0000"), adjust], [adjust], null), [{ op: "recolor", reset: true }]);
  assert.deepEqual(recolourOperations([tint("#ff0000"), adjust], [weaker, adjust], 3), [
    { op: "adjust", reset: true, blur: 3 }, { op: "recolor", reset: true }, weaker, adjust,
  ]);
});
