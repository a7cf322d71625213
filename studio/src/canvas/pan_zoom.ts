/** Wheel, middle button and space: which part of the canvas is seen. */

import { signal } from "@preact/signals";
import { panBy, zoom, zoomTo } from "../state/view.ts";

const PER_NOTCH = 1.0015;
const LINE = 16;

/** Whether the canvas is (about to be) pulled about, so that other gestures keep out of it. */
export const isPanning = signal(false);

export function attachPanZoom(container: HTMLElement): () => void {
  const gone = new AbortController();
  const options = { signal: gone.signal };
  let pulled: { pointer: number; x: number; y: number } | null = null;

  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    const bounds = container.getBoundingClientRect();
    // A pinch comes as a wheel with Ctrl, in smaller steps.
    const amount = event.deltaY * unit * (event.ctrlKey ? 4 : 1);
    if (event.shiftKey) panBy(-(event.deltaX || event.deltaY) * unit, 0);
    else zoomTo(zoom.value * PER_NOTCH ** -amount, [event.clientX - bounds.left, event.clientY - bounds.top]);
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 1 && !(event.button === 0 && isPanning.value)) return;
    event.preventDefault();
    event.stopPropagation();
    pulled = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
    container.setPointerCapture(event.pointerId);
    container.classList.add("pulled");
  };
  const move = (event: PointerEvent) => {
    if (pulled?.pointer !== event.pointerId) return;
    event.stopPropagation();
    panBy(event.clientX - pulled.x, event.clientY - pulled.y);
    pulled = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
  };
  const up = (event: PointerEvent) => {
    if (pulled?.pointer !== event.pointerId) return;
    pulled = null;
    container.classList.remove("pulled");
  };
  const space = (event: KeyboardEvent) => {
    const isDown = event.type === "keydown";
    if (event.code !== "Space" || (isDown && isTyping(event.target))) return;
    if (isDown) event.preventDefault();
    isPanning.value = isDown;
    container.classList.toggle("panning", isDown);
  };
  container.addEventListener("wheel", wheel, { ...options, passive: false });
  // Before Konva's own.
  container.addEventListener("pointerdown", down, { ...options, capture: true });
  container.addEventListener("pointermove", move, { ...options, capture: true });
  for (const name of ["pointerup", "pointercancel"] as const) container.addEventListener(name, up, options);
  for (const name of ["keydown", "keyup"] as const) addEventListener(name, space, options);
  addEventListener("blur", () => ((isPanning.value = false), container.classList.remove("panning")), options);
  return () => gone.abort();
}

/** Whether a key belongs to what has the focus. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, button, a, [contenteditable]") !== null;
}
