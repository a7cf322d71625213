import assert from "node:assert/strict";
import { test } from "node:test";
import type { Template } from "../api/templates.ts";
import { filledUrl, variableAt } from "./filled.ts";

const template = { version: 3, width: 800, urls: { picture: "/v1/templates/sale/render.png" } } as Template;

test("values stand in the address, beside what the picture is to be", () => {
  const values = { headline: "Winter & more", "a.color": "#2563eb", gone: undefined, shown: false, at: { x: 4, y: -2.5 } };
  const url = new URL(filledUrl(template, values, { extension: "webp", width: 400, quality: 80 }), "http://here");
  assert.equal(url.pathname, "/v1/templates/sale/render.webp");
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    version: "3", width: "400", quality: "80", "values.headline": "Winter & more", "values.a.color": "#2563eb",
    "values.shown": "false", "values.at": "4,-2.5",
  });
});

test("without values it is the template itself", () => {
  assert.equal(filledUrl(template, {}, { extension: "png", width: 800 }), "/v1/templates/sale/render.png?version=3");
});

test("a pointer leads to a variable", () => {
  assert.equal(variableAt("/headline"), "headline");
  assert.equal(variableAt("/a~1b/x"), "a/b");
  assert.equal(variableAt(""), "");
});
