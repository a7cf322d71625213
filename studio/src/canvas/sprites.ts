/** What the preview is painted of: a picture a layer, groups with what is in them. */

import type { Box } from "../api/types.ts";
import { boxAround, boxMapped } from "../geometry/box.ts";
import { type Matrix, then } from "../geometry/matrix.ts";
import type { Pen } from "./surface.ts";

export type Picture = ImageBitmap | HTMLCanvasElement | OffscreenCanvas;

export interface Sprite {
  index: number;
  /** `null` of a group, and where there is nothing to paint (yet). */
  image: Picture | null;
  /** From the picture's pixels to the document's. */
  matrix: Matrix;
  opacity: number;
  blend: GlobalCompositeOperation;
  visible: boolean;
  /** A group that is painted by itself, then laid; another one is just its members. */
  isIsolated: boolean;
  /** Bottom to top. */
  children: Sprite[];
}

/** In which isolated groups are painted, by how deep they are in each other. */
const buffers: OffscreenCanvas[] = [];

/** @param view  from the document's pixels to the pen's */
export function paintSprites(pen: Pen | OffscreenCanvasRenderingContext2D, sprites: readonly Sprite[], view: Matrix, depth = 0): void {
  for (const sprite of sprites) {
    if (!sprite.visible) continue;
    if (sprite.isIsolated) paintIsolated(pen, sprite, view, depth);
    else if (sprite.children.length > 0) paintSprites(pen, sprite.children, view, depth);
    else if (sprite.image !== null) {
      pen.setTransform(...then(sprite.matrix, view));
      lay(pen, sprite, sprite.image);
    }
  }
}

/** Around all that these paint, on the pen's pixels. */
export function boundsOfSprites(sprites: readonly Sprite[], view: Matrix): Box | null {
  const boxes = sprites.flatMap((sprite) => {
    if (!sprite.visible) return [];
    if (sprite.image === null) return [boundsOfSprites(sprite.children, view)];
    return [boxMapped([0, 0, sprite.image.width, sprite.image.height], then(sprite.matrix, view))];
  });
  return boxAround(boxes.filter((box) => box !== null));
}

/** They hold memory: let go of it when nothing is shown any more. */
export function forgetBuffers(): void {
  for (const buffer of buffers.splice(0)) [buffer.width, buffer.height] = [0, 0];
}

function paintIsolated(pen: Pen | OffscreenCanvasRenderingContext2D, sprite: Sprite, view: Matrix, depth: number): void {
  const { width, height } = pen.canvas;
  if (width === 0 || height === 0) return;
  const buffer = (buffers[depth] ??= new OffscreenCanvas(width, height));
  if (buffer.width !== width || buffer.height !== height) [buffer.width, buffer.height] = [width, height];
  const inner = buffer.getContext("2d");
  if (inner === null) return;
  inner.reset();
  inner.imageSmoothingEnabled = pen.imageSmoothingEnabled;
  paintSprites(inner, sprite.children, view, depth + 1);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  lay(pen, sprite, buffer);
}

function lay(pen: Pen | OffscreenCanvasRenderingContext2D, { opacity, blend }: Sprite, image: Picture): void {
  pen.globalAlpha = opacity;
  pen.globalCompositeOperation = blend;
  pen.drawImage(image, 0, 0);
  pen.globalAlpha = 1;
  pen.globalCompositeOperation = "source-over";
}
