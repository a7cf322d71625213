/**
 * The preview while a gesture lasts. What the gesture does not touch is painted once, into pictures of the screen's own
 * pixels, so that a frame lays a few of those instead of every layer. What is only moved is such a picture, too.
 */

import type { Box } from "../api/types.ts";
import { type Matrix, then, translation } from "../geometry/matrix.ts";
import { density, scale, stageSize, toStage, zoom } from "../state/view.ts";
import { type Run, runsOf } from "./runs.ts";
import { boundsOfSprites, paintSprites, type Sprite } from "./sprites.ts";
import type { Scene } from "./scene.ts";
import type { Pen } from "./surface.ts";

export interface Frozen {
  paint(pen: Pen): void;
  /** Where what moves is, in the document's pixels; whether it is also still where it was. */
  place(x: number, y: number, isCopied: boolean): void;
  /** Everything is alive again. */
  thaw(): void;
}

/** Larger pictures of what moves are not made: the layers themselves are painted. */
const MOST_PIXELS = 6_000_000;

/** @param isMoved  whether the gesture only moves what it touches, so that pictures will do for that as well */
export function freeze(scene: Scene, indices: ReadonlySet<number>, isMoved: boolean): Frozen {
  const runs = runsOf(scene.nodes.tree.peek(), indices);
  const isFlat = (run: Run) => run.kind === "still" || (run.kind === "moving" && isMoved);
  let flats: (Flat | Run)[] = [];
  let view: Matrix | null = null;
  let at = { x: 0, y: 0, isCopied: false };
  const ice: Frozen = {
    paint(pen) {
      const now = viewOf();
      // Another part of the canvas wants other pictures.
      if (view === null || now.some((value, place) => value !== view?.[place])) {
        for (const flat of flats) free(flat);
        flats = runs.map((run) => (isFlat(run) ? flatOf(run, now) : null) ?? run);
        view = now;
      }
      const per = zoom.peek();
      const shift = [Math.round(at.x * per), Math.round(at.y * per)] as const;
      for (const flat of flats) {
        if ("canvas" in flat) lay(pen, flat, shift, at.isCopied);
        else paintSprites(pen, flat.sprites.map((one) => scene.nodes.of(one.index) ?? one), now);
      }
    },
    place(x, y, isCopied) {
      at = { x, y, isCopied };
      scene.repaint();
    },
    thaw() {
      for (const flat of flats.splice(0)) free(flat);
      if (scene.frozen === ice) scene.frozen = null;
      scene.repaint();
    },
  };
  scene.frozen?.thaw();
  scene.frozen = ice;
  return ice;
}

/** From the document's pixels to the screen's. */
export function viewOf(): Matrix {
  const [, , , , x, y] = toStage.peek();
  const per = density.peek();
  return [scale.peek() * per, 0, 0, scale.peek() * per, Math.round(x * per), Math.round(y * per)];
}

/** Some sprites as one picture, a pixel of it each of the screen's. */
interface Flat {
  canvas: OffscreenCanvas;
  corner: readonly [number, number];
  isMoving: boolean;
  blend: GlobalCompositeOperation;
}

function flatOf({ kind, sprites, blend }: Run, view: Matrix): Flat | null {
  const box = kind === "still" ? screen() : around(sprites, view);
  if (box === null || box[2] * box[3] > MOST_PIXELS) return null;
  const [x, y, width, height] = box;
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d");
  if (pen === null) return null;
  pen.imageSmoothingEnabled = zoom.peek() < 1;
  // The mode of a lone sprite is laid on with the picture.
  const painted = blend === "source-over" ? sprites : sprites.map((one): Sprite => ({ ...one, blend: "source-over" }));
  paintSprites(pen, painted, then(view, translation(-x, -y)));
  return { canvas, corner: [x, y], isMoving: kind === "moving", blend };
}

function lay(pen: Pen, { canvas, corner, isMoving, blend }: Flat, [x, y]: readonly [number, number], isCopied: boolean): void {
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.globalCompositeOperation = blend;
  if (isMoving && isCopied) pen.drawImage(canvas, corner[0], corner[1]);
  pen.drawImage(canvas, corner[0] + (isMoving ? x : 0), corner[1] + (isMoving ? y : 0));
  pen.globalCompositeOperation = "source-over";
}

/** At once, not when the collector comes. */
function free(flat: Flat | Run): void {
  if ("canvas" in flat) [flat.canvas.width, flat.canvas.height] = [0, 0];
}

function screen(): Box {
  const [width, height] = stageSize.peek();
  return [0, 0, Math.max(1, Math.ceil(width * density.peek())), Math.max(1, Math.ceil(height * density.peek()))];
}

/** Also beyond the stage, on whole pixels and one more. */
function around(sprites: readonly Sprite[], view: Matrix): Box | null {
  const box = boundsOfSprites(sprites, view);
  if (box === null) return null;
  const [left, top] = [Math.floor(box[0]) - 1, Math.floor(box[1]) - 1];
  return [left, top, Math.ceil(box[0] + box[2]) + 1 - left, Math.ceil(box[1] + box[3]) + 1 - top];
}
