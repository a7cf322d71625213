/** What lies over the picture: frames, handles, guides, the marquee and the numbers beside the pointer. */

import { computed } from "@preact/signals";
import { mapped, type Point } from "../geometry/matrix.ts";
import { layers, selection, shown } from "../state/document.ts";
import { compare, stageSize, toStage } from "../state/view.ts";
import { guides, heldFrame, hovered, isHeld, marquee, readout } from "./feedback.ts";
import { type Frame, frameOf, outermost, pointOf } from "./frame.ts";
import { handlesOf, knobOf, onStage } from "./handles.ts";
import { isMovable } from "./scope.ts";
import type { Pen } from "./surface.ts";

const BLUE = "#0c8ce9";
const PINK = "#f24822";
const HANDLE = 8;

/** Around everything that is selected, in the document's pixels. */
export const selectedFrame = computed<Frame | null>(
  () => heldFrame.value ?? frameOf(layers.value, outermost(layers.value, selection.value)),
);

/** Whether what is selected may be scaled and turned. */
export const hasHandles = computed(
  () => selection.value.size > 0 && [...selection.value].every((index) => isMovable(layers.value, index)),
);

/** Reads all that it paints, so that an effect around it knows when to paint anew. */
export function followOverlay(): void {
  void [shown.value, selectedFrame.value, hasHandles.value, hovered.value, guides.value, marquee.value];
  void [readout.value, isHeld.value, toStage.value, stageSize.value, compare.value];
}

/** In CSS pixels of the stage. */
export function paintOverlay(pen: Pen): void {
  if (compare.peek() === "original") return;
  const over = hovered.peek();
  if (over !== null && !isHeld.peek() && !selection.peek().has(over)) outline(pen, [over], 2);
  const frame = selectedFrame.peek();
  if (frame !== null) selected(pen, onStage(frame, toStage.peek()));
  drawGuides(pen);
  drawMarquee(pen);
  drawReadout(pen);
}

function selected(pen: Pen, frame: Frame): void {
  if (selection.peek().size > 1) for (const index of selection.peek()) outline(pen, [index], 1);
  trace(pen, frame, 1);
  if (!hasHandles.peek() || (isHeld.peek() && heldFrame.peek() === null)) return;
  pen.fillStyle = "#fff";
  pen.strokeStyle = BLUE;
  pen.lineWidth = 1;
  const knob = knobOf(frame);
  line(pen, pointOf(frame, [0, -1]), knob);
  pen.beginPath();
  pen.arc(...knob, HANDLE / 2, 0, 2 * Math.PI);
  pen.fill();
  pen.stroke();
  for (const handle of handlesOf(frame)) {
    const [x, y] = pointOf(frame, handle);
    pen.save();
    pen.translate(x, y);
    pen.rotate((frame.angle * Math.PI) / 180);
    pen.fillRect(-HANDLE / 2, -HANDLE / 2, HANDLE, HANDLE);
    pen.strokeRect(-HANDLE / 2, -HANDLE / 2, HANDLE, HANDLE);
    pen.restore();
  }
}

function outline(pen: Pen, indices: readonly number[], width: number): void {
  const frame = frameOf(layers.peek(), indices);
  if (frame !== null) trace(pen, onStage(frame, toStage.peek()), width);
}

function trace(pen: Pen, frame: Frame, width: number): void {
  pen.strokeStyle = BLUE;
  pen.lineWidth = width;
  pen.beginPath();
  for (const [at, corner] of ([[-1, -1], [1, -1], [1, 1], [-1, 1]] as const).entries()) {
    const [x, y] = pointOf(frame, corner);
    if (at === 0) pen.moveTo(x, y);
    else pen.lineTo(x, y);
  }
  pen.closePath();
  pen.stroke();
}

function drawGuides(pen: Pen): void {
  const { width, height } = shown.peek() ?? { width: 0, height: 0 };
  pen.strokeStyle = PINK;
  pen.lineWidth = 1;
  for (const { axis, at } of guides.peek()) {
    const ends = axis === "x" ? ([[at, 0], [at, height]] as const) : ([[0, at], [width, at]] as const);
    line(pen, mapped(ends[0], toStage.peek()), mapped(ends[1], toStage.peek()));
  }
}

function drawMarquee(pen: Pen): void {
  const box = marquee.peek();
  if (box === null) return;
  const [x, y] = mapped([box[0], box[1]], toStage.peek());
  const by = toStage.peek()[0];
  pen.fillStyle = `${BLUE}22`;
  pen.fillRect(x, y, box[2] * by, box[3] * by);
  pen.strokeStyle = BLUE;
  pen.lineWidth = 1;
  pen.strokeRect(x, y, box[2] * by, box[3] * by);
}

function drawReadout(pen: Pen): void {
  const shownNow = readout.peek();
  if (shownNow === null) return;
  pen.font = "12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  const width = pen.measureText(shownNow.text).width + 12;
  const [right, bottom] = stageSize.peek();
  const x = Math.min(shownNow.at[0] + 14, right - width);
  const y = Math.min(shownNow.at[1] + 18, bottom - 20);
  pen.fillStyle = BLUE;
  pen.beginPath();
  pen.roundRect(x, y, width, 20, 4);
  pen.fill();
  pen.fillStyle = "#fff";
  pen.fillText(shownNow.text, x + 6, y + 10.5);
}

/** Between the screen's pixels it would be two wide, and pale. */
function line(pen: Pen, from: Point, to: Point): void {
  const crisp = (value: number, isSame: boolean) => (isSame ? Math.floor(value) + 0.5 : value);
  pen.beginPath();
  pen.moveTo(crisp(from[0], from[0] === to[0]), crisp(from[1], from[1] === to[1]));
  pen.lineTo(crisp(to[0], from[0] === to[0]), crisp(to[1], from[1] === to[1]));
  pen.stroke();
}
