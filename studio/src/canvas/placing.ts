/** Which picture a layer is drawn with, and where. Pure. */

import type { Document, Layer } from "../api/types.ts";
import { inverse, type Matrix, then, translation } from "../geometry/matrix.ts";

export interface Placing {
  url: string;
  /** From the picture's pixels to the canvas. */
  matrix: Matrix;
}

/**
 * `layer` as it is to look, `known` as the server told it. While nothing was done to its pixels, its own picture under
 * its matrix; otherwise the picture of it as edited, which stands where the server put it, and goes with what has been
 * done to the matrix since. `null` where there is nothing to draw.
 */
export function placing(layer: Layer, known: Layer): Placing | null {
  if (known.url !== null && known.changed.length === 0 && known.edited_url !== null) {
    return { url: `${known.url.replace(/\.png$/, ".webp")}?trim=1`, matrix: layer.matrix };
  }
  if (known.edited_url === null || known.edited_bbox === null) return null;
  const [x, y] = known.edited_bbox;
  return { url: known.edited_url.replace(".png?", ".webp?"), matrix: then(translation(x, y), since(layer, known)) };
}

/** What has been done to a layer's place since the server told it. */
export function since(layer: Layer, known: Layer): Matrix {
  const back = inverse(known.matrix);
  return back === null ? translation(0, 0) : then(back, layer.matrix);
}

/** A group is drawn by itself, then laid, where its opacity or its mode is for all of it at once. */
export function isIsolated(group: Layer): boolean {
  return group.opacity < 1 || group.blend !== "normal";
}

/** By layer index; what is not there any more keeps the others as they are. */
export function byIndex(document: Document | null): Map<number, Layer> {
  return new Map((document?.layers ?? []).map((layer) => [layer.index, layer]));
}
