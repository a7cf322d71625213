import assert from "node:assert/strict";
import { test } from "node:test";
import { addressIn, bareName } from "./address.ts";

test("a picture is called by the last part of its address", () => {
  const address = "https://example.com/a/Summer%20sale.png?w=3#x";
  assert.deepEqual(addressIn(` ${address}\nmore`), { address, name: "Summer sale" });
  assert.equal(addressIn("http://example.com")?.name, "");
  assert.equal(addressIn("http://example.com/100%25/%E0%A4%A")?.name, "%E0%A4%A");
});

test("a picture may be its own address", () => {
  const address = "data:image/svg+xml;base64,AAAA";
  assert.deepEqual(addressIn(address), { address, name: "" });
});

for (const text of ["", "poster.png", "ftp://example.com/a.png", "http://", "http:///a", "javascript:1", "data:text/html,1"]) {
  test(`${JSON.stringify(text)} is no address of a picture`, () => assert.equal(addressIn(text), null));
}

test("a name loses its ending and what is too much of it", () => {
  assert.equal(bareName("a.b.jpeg"), "a.b");
  assert.equal(bareName(".png"), "");
  assert.equal(bareName("海报.webp"), "海报");
  assert.equal(bareName("x".repeat(300)).length, 200);
});
