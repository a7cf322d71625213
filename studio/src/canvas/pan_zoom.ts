/** Wheel, middle button, space, the hand and two fingers: which part of the canvas is seen. As in Figma the wheel pans,
 * and zooms at the pointer with Ctrl (or Alt, as in Photoshop); a pinch on a touchpad comes as a wheel with Ctrl. */

import { effect, signal } from "@preact/signals";
import type { Point } from "../geometry/matrix.ts";
import { panBy, zoom, zoomTo } from "../state/view.ts";
import { tool } from "./feedback.ts";

const PER_PIXEL = 1.0015;
/** A pinch comes in smaller steps than a wheel's notches. */
const PINCH = 4;
const NOTCH = 50;
const LINE = 16;

/** Whether the canvas is (about to be) pulled about, so that other gestures keep out of it. */
export const isPanning = signal(false);

/** Two fingers are on it. */
export const isPinching = signal(false);

export function attachPanZoom(container: HTMLElement): () => void {
  const gone = new AbortController();
  const options = { signal: gone.signal };
  container.addEventListener("wheel", (event) => turned(container, event), { ...options, passive: false });
  attachPull(container, options);
  attachFingers(container, options);
  attachSpace(options);
  const stop = effect(() => {
    container.classList.toggle("panning", isPanning.value || tool.value === "hand");
  });
  return () => {
    stop();
    gone.abort();
    isPanning.value = isPinching.value = false;
  };
}

function turned(container: HTMLElement, event: WheelEvent): void {
  event.preventDefault();
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
  const [x, y] = [event.deltaX * unit, event.deltaY * unit];
  if (event.ctrlKey || event.metaKey || event.altKey) {
    const amount = Math.abs(y) < NOTCH ? y * PINCH : y;
    zoomTo(zoom.value * PER_PIXEL ** -amount, pointOf(container, event));
  } else if (event.shiftKey && x === 0) panBy(-y, 0);
  else panBy(-x, -y);
}

interface Options {
  signal: AbortSignal;
}

/** With the middle button, or with any while panning. Before all others that listen. */
function attachPull(container: HTMLElement, options: Options): void {
  let pulled: { pointer: number; x: number; y: number } | null = null;
  const down = (event: PointerEvent) => {
    if (event.button !== 1 && !(event.button === 0 && (isPanning.value || tool.value === "hand"))) return;
    event.preventDefault();
    event.stopPropagation();
    pulled = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
    container.setPointerCapture(event.pointerId);
    container.classList.add("pulled");
  };
  const move = (event: PointerEvent) => {
    if (pulled?.pointer !== event.pointerId) return;
    event.stopPropagation();
    if (!isPinching.value) panBy(event.clientX - pulled.x, event.clientY - pulled.y);
    pulled = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
  };
  const up = (event: PointerEvent) => {
    if (pulled?.pointer !== event.pointerId) return;
    pulled = null;
    container.classList.remove("pulled");
  };
  container.addEventListener("pointerdown", down, { ...options, capture: true });
  container.addEventListener("pointermove", move, { ...options, capture: true });
  for (const name of ["pointerup", "pointercancel"] as const) container.addEventListener(name, up, options);
}

/** What is between two fingers stays between them. */
function attachFingers(container: HTMLElement, options: Options): void {
  const fingers = new Map<number, Point>();
  const down = (event: PointerEvent) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, pointOf(container, event));
    isPinching.value = fingers.size > 1;
    if (isPinching.value) event.stopPropagation();
  };
  const move = (event: PointerEvent) => {
    if (!fingers.has(event.pointerId)) return;
    const before = [...fingers.values()];
    fingers.set(event.pointerId, pointOf(container, event));
    if (!isPinching.value) return;
    event.stopPropagation();
    const [one, two] = [span(before), span([...fingers.values()])];
    panBy(two.middle[0] - one.middle[0], two.middle[1] - one.middle[1]);
    if (one.length > 0 && two.length > 0) zoomTo((zoom.value * two.length) / one.length, two.middle);
  };
  const up = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    // The finger that stays on does not begin to drag something.
    if (fingers.size === 0) isPinching.value = false;
  };
  container.addEventListener("pointerdown", down, { ...options, capture: true });
  container.addEventListener("pointermove", move, { ...options, capture: true });
  for (const name of ["pointerup", "pointercancel"] as const) addEventListener(name, up, options);
}

function span([one = [0, 0], two = one]: readonly Point[]): { middle: Point; length: number } {
  const middle: Point = [(one[0] + two[0]) / 2, (one[1] + two[1]) / 2];
  return { middle, length: Math.hypot(two[0] - one[0], two[1] - one[1]) };
}

function attachSpace(options: Options): void {
  const space = (event: KeyboardEvent) => {
    const isDown = event.type === "keydown";
    if (event.code !== "Space" || (isDown && (isTaken(event.target) || event.ctrlKey || event.metaKey || event.altKey))) return;
    if (isDown) event.preventDefault();
    isPanning.value = isDown;
  };
  for (const name of ["keydown", "keyup"] as const) addEventListener(name, space, options);
  addEventListener("blur", () => (isPanning.value = false), options);
}

/** Whether a key belongs to what has the focus. */
function isTaken(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, button, a, dialog, [role=slider], [contenteditable]") !== null;
}

function pointOf(container: HTMLElement, event: MouseEvent): Point {
  const { left, top } = container.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}
