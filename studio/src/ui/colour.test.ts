import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, parseHex } from "./colour.ts";

test("a colour may be typed short, without its sign, in capitals", () => {
  assert.equal(parseHex("#1A2b3c"), "#1a2b3c");
  assert.equal(parseHex(" abc "), "#aabbcc");
  assert.equal(parseHex("#FA0"), "#ffaa00");
  for (const text of ["", "#", "#12", "#12345", "red", "#12345g", "##123456", "#12345678"]) assert.equal(parseHex(text), null);
});

test("contrast is that of the recommendation", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#ffffff", "#ffffff"), 1);
  assert.equal(contrast("#777777", "#ffffff").toFixed(2), "4.48");
  assert.equal(contrast("#ffffff", "#0000ff").toFixed(2), "8.59");
});
