import assert from "node:assert/strict";
import { test } from "node:test";
import type { Document, Layer } from "../api/types.ts";
import { exportUrl, fileName, type Format, FORMATS, layerUrl, pictureUrl, warnings } from "./download.ts";

const DOCUMENT = { width: 800, revision: 3, urls: { self: "/v1/documents/doc_1", render: "/v1/documents/doc_1/render.png" } } as Document;
const format = (id: string) => FORMATS.find((one) => one.id === id) as Format;

test("what is not asked for is not said", () => {
  const plain = { format: format("png"), width: null, quality: null, background: null };
  assert.equal(pictureUrl(DOCUMENT, plain), "/v1/documents/doc_1/render.png?revision=3");
  assert.equal(pictureUrl(DOCUMENT, { ...plain, width: 800 }), "/v1/documents/doc_1/render.png?revision=3");
});

test("all that can be asked for is said", () => {
  const wanted = { format: format("jpeg"), width: 400, quality: 80, background: "#ff0000" };
  assert.equal(pictureUrl(DOCUMENT, wanted), "/v1/documents/doc_1/render.jpg?revision=3&width=400&quality=80&background=%23ff0000");
});

test("a layer comes trimmed or on the canvas", () => {
  const layer = { index: 2 } as Layer;
  assert.equal(layerUrl(DOCUMENT, layer, format("webp"), true), "/v1/documents/doc_1/layers/2.webp?revision=3&trim=1");
  assert.equal(layerUrl(DOCUMENT, layer, format("png"), false), "/v1/documents/doc_1/layers/2.png?revision=3");
});

test("a file's name is one that file systems take", () => {
  assert.equal(fileName("Summer: a/b\\c?", "png"), "Summer a b c.png");
  assert.equal(fileName("..", "png"), "lamina.png");
  assert.equal(fileName(null, "webp"), "lamina.webp");
  assert.equal(fileName("海报", "png"), "海报.png");
});

test("a file with layers is asked for at the revision that is shown", () => {
  assert.equal(exportUrl(DOCUMENT, "psd"), "/v1/documents/doc_1/export.psd?revision=3");
});

test("what a file could not hold is told in sentences", () => {
  assert.deepEqual(warnings('["PSD keeps words as pixels."]'), ["PSD keeps words as pixels."]);
  assert.deepEqual(warnings(null), []);
});
