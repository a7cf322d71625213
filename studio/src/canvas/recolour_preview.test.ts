import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { ColourStep } from "../api/types.ts";
import { recoloured } from "./recolour_preview.ts";

const GOLDEN = new URL("../../../tests/golden/recolouring.json", import.meta.url);

interface Golden {
  pixels: string;
  cases: { steps: ColourStep[]; pixels: string }[];
}

const golden = JSON.parse(readFileSync(GOLDEN, "utf8")) as Golden;
const before = pixelsOf(golden.pixels);

function pixelsOf(base64: string): Uint8ClampedArray {
  return new Uint8ClampedArray(Buffer.from(base64, "base64"));
}

for (const { steps, pixels } of golden.cases) {
  test(`the preview is the server's to a step: ${JSON.stringify(steps).slice(0, 110)}`, () => {
    const [mine, theirs] = [recoloured(before, steps), pixelsOf(pixels)];
    let farthest = 0;
    let apart = 0;
    for (let at = 0; at < theirs.length; at++) {
      if (theirs[at | 3] === 0) continue; // it cannot be seen
      const distance = Math.abs(mine[at]! - theirs[at]!);
      farthest = Math.max(farthest, distance);
      apart += Number(distance > 0);
    }
    assert.ok(farthest <= 1, `${farthest} steps apart`);
    assert.ok(apart < theirs.length / 50, `${apart} of ${theirs.length} values apart`);
  });
}

test("without steps nothing is changed, and what came in never is", () => {
  const kept = before.slice();
  assert.deepEqual(recoloured(before, []), before);
  recoloured(before, golden.cases[0]!.steps);
  assert.deepEqual(before, kept);
});
