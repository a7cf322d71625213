/** Layers that follow the pointer. */

import type { Box, Operation } from "../api/types.ts";
import { boxAround } from "../geometry/box.ts";
import { type Point, translation } from "../geometry/matrix.ts";
import { doc, gesture, layers, select, shown } from "../state/document.ts";
import { apply } from "../state/edit.ts";
import { scale } from "../state/view.ts";
import { guides, isHeld, quiet, readout } from "./feedback.ts";
import { boundsOf } from "./frame.ts";
import { freeze } from "./frozen.ts";
import { allWithin, type Gesture, type Held } from "./gesture.ts";
import { type Lines, linesOf, REACH, snapped } from "./snap.ts";
import type { Scene } from "./scene.ts";

/** @param indices  outermost ones, all free to be moved */
export function startDrag(scene: Scene, indices: readonly number[], from: Point): Gesture {
  const around = boxAround(indices.map((index) => boundsOf(layers.peek(), index)).filter((box) => box !== null));
  const moving = allWithin(indices);
  const lines = linesAround(moving);
  const ice = freeze(scene, moving, true);
  let [x, y] = [0, 0];
  let isCopy = false;
  isHeld.value = true;
  return {
    move(at, keys) {
      const way: Point = [(at[0] - from[0]) / scale.peek(), (at[1] - from[1]) / scale.peek()];
      [x, y] = around === null ? [Math.round(way[0]), Math.round(way[1])] : caught(around, way, lines, keys);
      isCopy = keys.alt;
      gesture.value = new Map(indices.map((index) => [index, { delta: translation(x, y) }]));
      readout.value = { text: `${signed(x)}, ${signed(y)}`, at };
      ice.place(x, y, isCopy);
    },
    end() {
      quiet();
      void kept(indices, x, y, isCopy).finally(() => ice.thaw());
      if (!isCopy) ice.thaw();
    },
    cancel() {
      quiet();
      gesture.value = new Map();
      ice.thaw();
    },
  };
}

/** The edges and middles of the canvas, and of the layers that stay. */
export function linesAround(moving: ReadonlySet<number>): Lines {
  const { width, height } = shown.peek() ?? { width: 0, height: 0 };
  const others = layers.peek().filter((layer) => layer.visible && layer.kind !== "group" && !moving.has(layer.index));
  return linesOf([[0, 0, width, height], ...others.map((layer) => layer.bbox)]);
}

/** Whole pixels: with Shift along one axis, and to the lines unless Ctrl says otherwise. */
function caught(around: Box, way: Point, lines: Lines, keys: Held): Point {
  const isAcross = Math.abs(way[0]) >= Math.abs(way[1]);
  const [dx, dy] = keys.shift ? (isAcross ? [way[0], 0] : [0, way[1]]) : way;
  const free: Point = [Math.round(dx), Math.round(dy)];
  if (keys.ctrl) {
    guides.value = [];
    return free;
  }
  const [x, y, width, height] = around;
  const isFixed = { x: keys.shift && !isAcross, y: keys.shift && isAcross };
  const open: Lines = { x: isFixed.x ? [] : lines.x, y: isFixed.y ? [] : lines.y };
  const { by, guides: seen } = snapped([x + free[0], y + free[1], width, height], open, REACH / scale.peek());
  guides.value = seen;
  return [Math.round(free[0] + by[0]), Math.round(free[1] + by[1])];
}

async function kept(indices: readonly number[], x: number, y: number, isCopy: boolean): Promise<void> {
  const by = { x, y };
  if (isCopy) {
    const { operations, copies } = copying(indices);
    const moves = copies.map((layer): Operation => ({ op: "move", layer, by }));
    gesture.value = new Map();
    if (await apply([...operations, ...(x === 0 && y === 0 ? [] : moves)])) select(copies);
  } else if (x !== 0 || y !== 0) {
    await apply([{ op: "move", layer: named(indices), by }]);
  } else {
    gesture.value = new Map();
  }
}

/** A lone one is named alone: it reads better where it is shown. */
export function named(indices: readonly number[]): number | readonly number[] {
  return indices.length === 1 ? (indices[0] as number) : indices;
}

/** Copies get the next free indices: one after the other, each with all that is in it. */
export function copying(indices: readonly number[]): { operations: Operation[]; copies: number[] } {
  let next = Math.max(-1, ...(doc.peek()?.layers ?? []).map((layer) => layer.index)) + 1;
  const copies: number[] = [];
  for (const index of indices) {
    copies.push(next);
    next += allWithin([index]).size;
  }
  return { operations: indices.map((layer) => ({ op: "duplicate", layer })), copies };
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : "0";
}
