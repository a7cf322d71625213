import assert from "node:assert/strict";
import { test } from "node:test";
import { reverted, settled } from "./typing.ts";

const rules = { unit: "px", min: 0, max: 1000, decimals: 2 };

test("what was typed is settled, worked out, bounded and rounded", () => {
  assert.deepEqual(settled({ text: "120+8", before: 5 }, 5, rules), { commit: 128 });
  assert.deepEqual(settled({ text: "-3", before: 5 }, 5, rules), { commit: 0 });
  assert.deepEqual(settled({ text: "5000px", before: 5 }, 5, rules), { commit: 1000 });
  assert.deepEqual(settled({ text: "10/3", before: 5 }, 5, rules), { commit: 3.33 });
  assert.deepEqual(settled({ text: "3.6", before: 5 }, 5, { ...rules, decimals: 0 }), { commit: 4 });
});

test("the same value again is no change, nor is one that only shows fewer decimals", () => {
  assert.equal(settled({ text: "5", before: 5 }, 5, rules), null);
  assert.equal(settled({ text: "33.33", before: 100 / 3 }, 100 / 3, rules), null);
});

test("what is no number is forgotten", () => {
  assert.equal(settled({ text: "junk", before: 5 }, 5, rules), null);
  assert.equal(settled({ text: "", before: 5 }, 5, rules), null);
});

test("what was tried out is settled once, though the value has followed it", () => {
  assert.deepEqual(settled({ text: "8", before: 5 }, 8, rules), { commit: 8 });
});

test("what was tried out and given up goes back", () => {
  assert.deepEqual(reverted({ text: "8", before: 5 }, 8), { input: 5 });
  assert.deepEqual(settled({ text: "junk", before: 5 }, 8, rules), { input: 5 });
  assert.deepEqual(settled({ text: "5", before: 5 }, 8, rules), { input: 5 });
  assert.equal(reverted({ text: "8", before: 5 }, 5), null);
});
