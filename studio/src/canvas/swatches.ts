/** The colours that a picture is made of. Pure. */

import { toOklab } from "./oklab.ts";

const MOST_OF_NOTHING = 128; // alpha up to which a pixel is the edge of something
const APART = 0.06; // in OKLab: nearer ones are shades of one colour
const LEAST_SHARE = 0.003;

interface Found {
  count: number;
  sums: [number, number, number];
}

/** The commonest colours of straight RGBA pixels as `#rrggbb`, commonest first, no two alike. */
export function swatches(pixels: Uint8ClampedArray, most: number): string[] {
  const bins = new Map<number, Found>();
  let all = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    if (pixels[at + 3]! <= MOST_OF_NOTHING) continue;
    all++;
    const key = ((pixels[at]! >> 4) << 8) | ((pixels[at + 1]! >> 4) << 4) | (pixels[at + 2]! >> 4);
    const bin = bins.get(key) ?? { count: 0, sums: [0, 0, 0] };
    bin.count++;
    for (let channel = 0; channel < 3; channel++) bin.sums[channel as 0 | 1 | 2] += pixels[at + channel]!;
    bins.set(key, bin);
  }
  const common = [...bins.values()].filter(({ count }) => count >= all * LEAST_SHARE).sort((a, b) => b.count - a.count);
  const taken: { hex: string; lab: Float64Array }[] = [];
  for (const { count, sums } of common) {
    const rgb = sums.map((sum) => Math.round(sum / count));
    const lab = Float64Array.from(rgb);
    toOklab(lab);
    if (taken.every((one) => distance(one.lab, lab) > APART)) taken.push({ hex: hexOf(rgb), lab });
    if (taken.length === most) break;
  }
  return taken.map(({ hex }) => hex);
}

function distance(one: Float64Array, other: Float64Array): number {
  return Math.hypot(one[0]! - other[0]!, one[1]! - other[1]!, one[2]! - other[2]!);
}

function hexOf(rgb: readonly number[]): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
