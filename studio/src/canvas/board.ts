/** What lies under the document: its checkerboard. */

import { effect } from "@preact/signals";
import { Layer } from "konva/lib/Layer.js";
import { Rect } from "konva/lib/shapes/Rect.js";
import { shown } from "../state/document.ts";
import { pan, scale } from "../state/view.ts";

const SQUARE = 8;
const [PALE, GREY] = ["#ffffff", "#cccccc"];

/** Squares of the same size at any zoom. */
export function attachBoard(layer: Layer): () => void {
  const board = new Rect({ listening: false, fillPatternImage: squares(), shadowColor: "#000", shadowBlur: 12, shadowOpacity: 0.3 });
  layer.add(board);
  const stop = effect(() => {
    const document = shown.value;
    const [x, y] = pan.value;
    board.setAttrs({
      visible: document !== null,
      x,
      y,
      width: (document?.width ?? 0) * scale.value,
      height: (document?.height ?? 0) * scale.value,
    });
  });
  return () => {
    stop();
    board.destroy();
  };
}

/** Konva draws any canvas; its types name only the element it is asked for most. */
function squares(): HTMLImageElement {
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
  return canvas as unknown as HTMLImageElement;
}
