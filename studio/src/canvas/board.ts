/** What lies under the document: its checkerboard. */

import type { Box } from "../api/types.ts";
import type { Pen } from "./surface.ts";

const SQUARE = 8;
const [PALE, GREY] = ["#ffffff", "#cccccc"];

let squares: HTMLCanvasElement | null = null;

/** Squares of the same size at any zoom, under the document's box on the screen's pixels. */
export function paintBoard(pen: Pen, [x, y, width, height]: Box, density: number): void {
  squares ??= drawn();
  pen.save();
  pen.shadowColor = "rgb(0 0 0 / 0.3)";
  pen.shadowBlur = 12 * density;
  pen.fillStyle = PALE;
  pen.fillRect(x, y, width, height);
  pen.restore();
  const pattern = pen.createPattern(squares, "repeat");
  if (pattern === null) return;
  pattern.setTransform(new DOMMatrix([density, 0, 0, density, x, y]));
  pen.imageSmoothingEnabled = false;
  pen.fillStyle = pattern;
  pen.fillRect(x, y, width, height);
}

function drawn(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 2 * SQUARE;
  const pen = canvas.getContext("2d");
  if (pen !== null) {
    pen.fillStyle = PALE;
    pen.fillRect(0, 0, 2 * SQUARE, 2 * SQUARE);
    pen.fillStyle = GREY;
    pen.fillRect(SQUARE, 0, SQUARE, SQUARE);
    pen.fillRect(0, SQUARE, SQUARE, SQUARE);
  }
  return canvas;
}
