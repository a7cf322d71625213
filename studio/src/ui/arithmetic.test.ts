import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "./arithmetic.ts";

const values: [string, number][] = [
  ["120", 120], [" 120 ", 120], ["-5", -5], ["+5", 5], [".5", 0.5], ["5.", 5], ["1.25", 1.25],
  ["120+8", 128], ["120 - 8 - 2", 110], ["2+3*4", 14], ["(2+3)*4", 20], ["7/2", 3.5], ["8/2/2", 2],
  ["-(2+3)", -5], ["3*-2", -6], ["2--2", 4], ["100−25", 75], ["4×5", 20], ["9÷3", 3], ["12+3", 15],
];

for (const [text, value] of values) test(`${text} is ${value}`, () => assert.equal(evaluate(text), value));

for (const text of ["", " ", "abc", "1+", "*2", "(1", "1)", "()", "1 2", "1.2.3", "1,5", "2e3", "5/0", "0/0", "50%", "alert(1)", "9px"]) {
  test(`"${text}" is no number`, () => assert.equal(evaluate(text), null));
}

test("a number may carry the field's own unit and no other", () => {
  assert.equal(evaluate("50%", "%"), 50);
  assert.equal(evaluate("50 % + 5%", "%"), 55);
  assert.equal(evaluate("120px/2", "px"), 60);
  assert.equal(evaluate("45°", "°"), 45);
  assert.equal(evaluate("45°", "px"), null);
  assert.equal(evaluate("px", "px"), null);
});

test("text that is too long is no number, however deep its brackets", () => {
  assert.equal(evaluate("(".repeat(50_000) + "1" + ")".repeat(50_000)), null);
});
