/** The pointer on the canvas: what it points at, selects and drags. */

import { effect } from "@preact/signals";
import type { Point } from "../geometry/matrix.ts";
import { layers, select, selection, shown } from "../state/document.ts";
import { tell } from "../state/notices.ts";
import { toDocument, toStage } from "../state/view.ts";
import { startDrag } from "./drag.ts";
import { hovered, tool, wordsWanted } from "./feedback.ts";
import { outermost } from "./frame.ts";
import type { Gesture, Held } from "./gesture.ts";
import { cursorOf, type Grip, gripAt, holds, NEAR, NEAR_FINGER, onStage } from "./handles.ts";
import { startMarquee } from "./marquee.ts";
import { hasHandles, selectedFrame } from "./overlay.ts";
import { isPanning, isPinching } from "./pan_zoom.ts";
import { pick } from "./pick.ts";
import { groundOf, inwards, isMovable, meantBy } from "./scope.ts";
import type { Scene } from "./scene.ts";
import { startTransform } from "./transform.ts";

/** Pixels that the pointer moves before a press is a drag. */
const THRESHOLD = 3;
const LONG_PRESS_MS = 500;

interface Press {
  pointer: number;
  isFinger: boolean;
  at: Point;
  keys: Held;
  grip: Grip | null;
  /** Layers with a pixel there, the topmost first. */
  under: readonly number[];
  /** What was selected before. */
  before: ReadonlySet<number>;
  gesture: Gesture | null;
  timer: ReturnType<typeof setTimeout> | null;
}

let cancelPress: (() => boolean) | null = null;
let isPulling: () => boolean = () => false;

/** Whether a layer is being dragged, scaled or turned, or a frame is drawn around some. */
export function isGestureUnderWay(): boolean {
  return isPulling();
}

/** Give up the gesture under way. Whether there was one. */
export function cancelGesture(): boolean {
  return cancelPress?.() ?? false;
}

export function attachPointer(scene: Scene): () => void {
  const { container } = scene;
  const gone = new AbortController();
  const options = { signal: gone.signal };
  let press: Press | null = null;
  let last: Point = [0, 0];

  const down = (event: PointerEvent) => {
    if (press !== null) return void cancelPress?.();
    if (event.button !== 0 || isPanning.value || tool.value === "hand" || shown.value === null) return;
    press = pressed(scene, event, pointOn(container, event));
    container.setPointerCapture(event.pointerId);
    if (press.isFinger) press.timer = setTimeout(longPressed, LONG_PRESS_MS);
  };
  const longPressed = () => {
    if (press === null || press.gesture !== null) return;
    const [top] = press.under;
    select(press.before);
    if (top !== undefined) toggle(meantBy(layers.value, top, selection.value));
    press = null;
  };
  const move = (event: PointerEvent) => {
    last = pointOn(container, event);
    if (press === null) return hover(scene, last, event);
    if (press.pointer !== event.pointerId) return;
    if (press.gesture === null && Math.hypot(last[0] - press.at[0], last[1] - press.at[1]) < THRESHOLD) return;
    if (press.timer !== null) clearTimeout(press.timer);
    press.gesture ??= begun(scene, press);
    press.gesture?.move(last, keysOf(event));
  };
  const up = (event: PointerEvent) => {
    if (press?.pointer !== event.pointerId) return;
    const done = press;
    press = null;
    if (done.timer !== null) clearTimeout(done.timer);
    if (done.gesture !== null) done.gesture.end();
    else clicked(done);
    hover(scene, pointOn(container, event), event);
  };
  const keys = (event: KeyboardEvent) => {
    if (["Shift", "Alt", "Control", "Meta"].includes(event.key) && press?.gesture) {
      event.preventDefault(); // Alt alone would go to the browser's menu
      press.gesture.move(last, keysOf(event));
    }
  };
  cancelPress = () => {
    const isUnderWay = press?.gesture != null;
    if (press?.timer != null) clearTimeout(press.timer);
    press?.gesture?.cancel();
    press = null;
    return isUnderWay;
  };
  isPulling = () => press?.gesture != null;
  const cancel = () => void cancelPress?.();
  container.addEventListener("pointerdown", down, options);
  container.addEventListener("pointermove", move, options);
  container.addEventListener("pointerup", up, options);
  container.addEventListener("pointercancel", cancel, options);
  container.addEventListener("pointerleave", () => (hovered.value = null), options);
  container.addEventListener("dblclick", (event) => entered(scene, pointOn(container, event)), options);
  container.addEventListener("contextmenu", (event) => event.preventDefault(), options);
  for (const name of ["keydown", "keyup"] as const) addEventListener(name, keys, options);
  const stop = effect(() => {
    if (isPinching.value) cancel();
  });
  return () => {
    stop();
    cancel();
    cancelPress = null;
    isPulling = () => false;
    gone.abort();
  };
}

function pressed(scene: Scene, event: PointerEvent, at: Point): Press {
  const keys = keysOf(event);
  const isFinger = event.pointerType === "touch";
  const grip = gripUnder(at, isFinger);
  const under = grip === null ? pick(scene.nodes, toDocument(at)) : [];
  const before = selection.value;
  const [top] = under;
  const meant = top === undefined ? null : meantBy(layers.value, top, before);
  // At once, so that a drag takes it along; a click decides again when it ends. A finger may become one of two.
  if (!isFinger && meant !== null && !before.has(meant) && !keys.alt && !isGround(top as number)) {
    if (keys.shift || keys.ctrl) select([...before, meant]);
    else if (!isOnSelected(at, under)) select([meant]);
  }
  return { pointer: event.pointerId, isFinger, at, keys, grip, under, before, gesture: null, timer: null };
}

/** What a press turns into when the pointer moves. */
function begun(scene: Scene, { at, keys, grip, under, before }: Press): Gesture | null {
  const frame = selectedFrame.value;
  const all = layers.value;
  if (grip !== null && frame !== null) return startTransform(scene, outermost(all, selection.value), frame, grip, at);
  const [top] = under;
  const meant = top === undefined ? null : meantBy(all, top, selection.value);
  const isHit = meant !== null && selection.value.has(meant);
  if (!isHit && !isOnSelected(at, under)) {
    if (meant === null || isGround(top as number)) return startMarquee(at, keys.shift || keys.ctrl ? before : new Set());
    select([meant]);
  }
  const chosen = outermost(all, selection.value);
  const free = chosen.filter((index) => isMovable(all, index));
  if (free.length === 0) {
    if (chosen.length > 0) tell("info", "canvas.locked");
    return null;
  }
  return startDrag(scene, free, at);
}

function clicked({ grip, keys, under, before }: Press): void {
  if (grip !== null) return;
  const meant = [...new Set(under.map((index) => meantBy(layers.value, index, before)))];
  const [top] = meant;
  if (keys.alt) {
    const at = meant.findIndex((index) => before.has(index));
    const next = meant[(at + 1) % Math.max(1, meant.length)];
    return next === undefined ? undefined : select([next]);
  }
  if (keys.shift || keys.ctrl) {
    select(before);
    return top === undefined ? undefined : toggle(top);
  }
  select(top === undefined ? [] : [top]);
}

/** A double click goes into a group, and to the words of a text. */
function entered(scene: Scene, at: Point): void {
  const [top] = pick(scene.nodes, toDocument(at));
  if (top === undefined) return;
  const all = layers.value;
  const meant = meantBy(all, top, selection.value);
  if (meant !== top) return select([inwards(all, top, meant)]);
  if (all.find((layer) => layer.index === top)?.text != null) wordsWanted.value = top;
}

function hover(scene: Scene, at: Point, event: PointerEvent): void {
  if (event.pointerType === "touch") return;
  const isIdle = !isPanning.value && tool.value === "move";
  const grip = isIdle ? gripUnder(at, false) : null;
  const [top] = isIdle && grip === null ? pick(scene.nodes, toDocument(at)) : [];
  hovered.value = top === undefined ? null : meantBy(layers.value, top, selection.value);
  scene.container.style.cursor = grip === null ? "" : cursorOf(grip, selectedFrame.value?.angle ?? 0);
}

function gripUnder(at: Point, isFinger: boolean): Grip | null {
  const frame = selectedFrame.value;
  if (frame === null || !hasHandles.value) return null;
  return gripAt(onStage(frame, toStage.value), at, isFinger ? NEAR_FINGER : NEAR);
}

/** A drag is meant for what is selected also where something covers it, or between its letters, where nothing is. */
function isOnSelected(at: Point, under: readonly number[]): boolean {
  const frame = selectedFrame.value;
  const above = under.filter((index) => !isGround(index));
  if (above.some((index) => selection.value.has(meantBy(layers.value, index, selection.value)))) return true;
  return above.length === 0 && frame !== null && selection.value.size > 0 && holds(onStage(frame, toStage.value), at);
}

function isGround(index: number): boolean {
  const document = shown.value;
  return document !== null && groundOf(layers.value, document.width, document.height) === index;
}

export function toggle(index: number): void {
  const indices = new Set(selection.value);
  if (!indices.delete(index)) indices.add(index);
  select(indices);
}

function keysOf(event: PointerEvent | KeyboardEvent): Held {
  return { shift: event.shiftKey, alt: event.altKey, ctrl: event.ctrlKey || event.metaKey };
}

function pointOn(container: HTMLElement, event: MouseEvent): Point {
  const { left, top } = container.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}
