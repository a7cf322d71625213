/** Which layers have a pixel under the pointer. */

import { inverse, mapped, type Point } from "../geometry/matrix.ts";
import { layers } from "../state/document.ts";
import type { Nodes } from "./nodes.ts";
import { chainOf, isFree } from "./scope.ts";
import type { Picture } from "./sprites.ts";

/** Of 255, as it is seen. */
const FAINTEST = 16;
/** Pixels on the longer side of a map: 256 kB a layer at most. */
const LONGEST = 512;

interface AlphaMap {
  width: number;
  height: number;
  values: Uint8Array;
}

/** They go with the bitmaps that they were read from. */
const maps = new WeakMap<Picture, AlphaMap>();

/** Those that are free to be taken, the topmost first. */
export function pick(nodes: Nodes, at: Point): number[] {
  const all = layers.peek();
  const found: number[] = [];
  for (const layer of all.toReversed()) {
    if (layer.kind === "group" || !isFree(all, layer.index)) continue;
    const { image, matrix } = nodes.of(layer.index) ?? { image: null };
    const back = matrix === undefined ? null : inverse(matrix);
    if (image === null || back === null) continue;
    const opacity = chainOf(all, layer.index).reduce((product, one) => product * one.opacity, 1);
    if (alphaAt(image, mapped(at, back)) * opacity >= FAINTEST) found.push(layer.index);
  }
  return found;
}

function alphaAt(bitmap: Picture, [x, y]: Point): number {
  if (x < 0 || y < 0 || x >= bitmap.width || y >= bitmap.height) return 0;
  const map = maps.get(bitmap) ?? mapOf(bitmap);
  const [column, row] = [Math.floor((x * map.width) / bitmap.width), Math.floor((y * map.height) / bitmap.height)];
  return map.values[row * map.width + column] ?? 0;
}

function mapOf(bitmap: Picture): AlphaMap {
  const by = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [Math.max(1, Math.round(bitmap.width * by)), Math.max(1, Math.round(bitmap.height * by))];
  const map: AlphaMap = { width, height, values: new Uint8Array(width * height) };
  const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (pen !== null) {
    pen.imageSmoothingQuality = "medium"; // each pixel counts, however small it becomes
    pen.drawImage(bitmap, 0, 0, width, height);
    const { data } = pen.getImageData(0, 0, width, height);
    for (let at = 0; at < map.values.length; at++) map.values[at] = data[4 * at + 3] as number;
  }
  maps.set(bitmap, map);
  return map;
}
