import assert from "node:assert/strict";
import { test } from "node:test";
import type { Layer } from "../api/types.ts";
import { rowsOf, slug, variablesOf } from "./proposed.ts";

function layer(index: number, name: string, more: Partial<Layer> = {}): Layer {
  return { index, name, kind: "shape", text: null, deleted: false, ...more } as Layer;
}

test("each layer offers what it is", () => {
  const rows = rowsOf([
    layer(0, "ground"), layer(1, "SALE", { kind: "text", text: "SALE" }), layer(2, "gone", { deleted: true }),
    layer(3, "cards", { kind: "group" }),
  ]);
  assert.deepEqual(rows.map(({ layer: { index }, kinds }) => [index, kinds]), [
    [3, ["color", "visible"]], [1, ["text", "color", "visible"]], [0, ["image", "color", "visible"]],
  ]);
});

test("variables are named after their layers, and no name comes twice", () => {
  const [one, other] = [layer(1, "SUMMER  SALE!"), layer(4, "summer sale")];
  assert.deepEqual(variablesOf([[one, "text"], [one, "color"], [other, "text"], [layer(5, "***"), "visible"]]), {
    "summer-sale": { layer: 1, property: "text" },
    "summer-sale.color": { layer: 1, property: "color" },
    "summer-sale-2": { layer: 4, property: "text" },
    "layer-5.visible": { layer: 5, property: "visible" },
  });
});

test("a slug has letters of any script", () => {
  assert.equal(slug(" 夏季 促销 #1 "), "夏季-促销-1");
  assert.equal(slug("हिंदी"), "हिंदी");
  assert.equal(slug("--"), "");
});
