/** Layers are taken along the list by the pointer: a mouse or a pen at once, a finger after it has rested a moment. */

import { gesture, layers, select, selection } from "../state/document.ts";
import type { Changes } from "../state/preview.ts";
import { drop, setVisible, solo } from "./layer_commands.ts";
import { drag, menuAt, moved, rows } from "./layer_state.ts";
import { dropped, targetAt } from "./layer_tree.ts";

/** As in layers.css. */
const INDENT = 16;
const BEFORE_NAMES = 44;

const SLACK = 4;
const REST_MS = 400;
const EDGE = 32;
const FASTEST = 12;

/** A pointer went down on a row of the list. */
export function beginDrag(event: PointerEvent, tree: HTMLElement, index: number): void {
  const gone = new AbortController();
  const isTouch = event.pointerType === "touch";
  const from = { x: event.clientX, y: event.clientY };
  let at = from;
  let scrolling = 0;

  const start = () => {
    if (!selection.value.has(index)) select([index]);
    drag.value = { moved: moved.value, ...at, target: null, level: 1 };
    document.documentElement.classList.add("dragging-layers");
    if (isTouch) navigator.vibrate?.(10);
    scrolling = requestAnimationFrame(scroll);
    aim();
  };
  const aim = () => {
    if (drag.value !== null) drag.value = { ...drag.value, ...at, ...aimed(tree, drag.value.moved, at) };
  };
  const scroll = () => {
    const { top, bottom } = tree.getBoundingClientRect();
    const by = Math.max(0, EDGE - (bottom - at.y)) - Math.max(0, EDGE - (at.y - top));
    if (by !== 0) {
      tree.scrollTop += Math.max(-FASTEST, Math.min(FASTEST, by / 3));
      aim();
    }
    scrolling = requestAnimationFrame(scroll);
  };
  const end = () => {
    gone.abort();
    clearTimeout(resting);
    cancelAnimationFrame(scrolling);
    document.documentElement.classList.remove("dragging-layers");
    drag.value = null;
  };
  const resting = isTouch ? setTimeout(start, REST_MS) : undefined;
  const on = <Name extends keyof WindowEventMap>(name: Name, run: (event: WindowEventMap[Name]) => void, more: AddEventListenerOptions = {}) =>
    addEventListener(name, run, { ...more, signal: gone.signal });

  on("pointermove", (move) => {
    if (move.pointerId !== event.pointerId) return;
    at = { x: move.clientX, y: move.clientY };
    if (drag.value !== null) return aim();
    if (Math.hypot(at.x - from.x, at.y - from.y) < SLACK) return;
    if (isTouch) end(); // it scrolls
    else start();
  });
  on("pointerup", (up) => {
    if (up.pointerId !== event.pointerId) return;
    const was = drag.value;
    end();
    if (was === null) return;
    addEventListener("click", (click) => click.stopPropagation(), { capture: true, once: true, signal: AbortSignal.timeout(50) });
    if (was.target !== null) drop(was.moved, was.target);
  });
  on("pointercancel", end);
  on("blur", end);
  on("keydown", (key) => {
    if (key.key !== "Escape" || drag.value === null) return;
    key.preventDefault();
    end();
  }, { capture: true });
  // Otherwise the list scrolls under the finger, and the browser asks what to do with the picture.
  on("touchmove", (move) => drag.value !== null && move.preventDefault(), { passive: false });
  on("contextmenu", (menu) => isTouch && (menu.preventDefault(), (menuAt.value = null)), { capture: true });
}

/** What is under the pointer, and the level of the line that shows where things would go. */
function aimed(tree: HTMLElement, taken: readonly number[], at: { x: number; y: number }) {
  const elements = [...tree.querySelectorAll<HTMLElement>("[role=treeitem]")];
  const boxes = elements.map((element) => element.getBoundingClientRect());
  const last = boxes.at(-1);
  if (last === undefined) return { target: null, level: 1 };
  const isBeyond = at.y >= last.bottom;
  const place = isBeyond ? boxes.length - 1 : Math.max(0, boxes.findIndex((box) => at.y < box.bottom));
  const box = boxes[place] as DOMRect;
  const level = isBeyond ? 1 : Math.max(1, Math.floor((at.x - box.left - BEFORE_NAMES) / INDENT) + 1);
  const found = targetAt(rows.value, place, isBeyond ? 1 : (at.y - box.top) / box.height, level);
  const target = found !== null && dropped(layers.value, taken, found) !== null ? found : null;
  const row = rows.value.find((one) => one.layer.index === target?.index);
  return { target, level: row?.level ?? 1 };
}

/** A pointer went down on an eye: it and all eyes that the pointer comes past become the same. */
export function beginEyes(event: PointerEvent, index: number, visible: boolean): void {
  if (event.altKey) return solo(index);
  const gone = new AbortController();
  const { signal } = gone;
  const changes = new Map([[index, { visible: !visible }]]);
  const show = () => (gesture.value = new Map(changes) as Changes);
  const release = () => {
    gone.abort();
    gesture.value = new Map();
  };
  (event.target as Element).releasePointerCapture?.(event.pointerId);
  show();
  addEventListener("pointermove", (move) => {
    const eye = document.elementFromPoint(move.clientX, move.clientY)?.closest(".layer-eye");
    const other = Number(eye?.closest<HTMLElement>("[data-index]")?.dataset["index"] ?? -1);
    if (other < 0 || changes.has(other)) return;
    changes.set(other, { visible: !visible });
    show();
  }, { signal });
  addEventListener("pointerup", () => {
    release();
    const as = layers.value.filter((layer) => changes.has(layer.index) && layer.visible === visible);
    if (as.length > 0) setVisible(as.map((layer) => layer.index), !visible);
  }, { signal });
  addEventListener("pointercancel", release, { signal });
  addEventListener("keydown", (key) => key.key === "Escape" && release(), { signal, capture: true });
}
