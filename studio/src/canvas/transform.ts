/** Handles that are pulled: scaling and turning. */

import { type Point, then } from "../geometry/matrix.ts";
import { gesture, layers } from "../state/document.ts";
import { apply } from "../state/edit.ts";
import { scale, toDocument } from "../state/view.ts";
import { linesAround } from "./drag.ts";
import { guides, heldFrame, isHeld, quiet, readout } from "./feedback.ts";
import { type Frame, type Handle, localOf, pointOf } from "./frame.ts";
import { freeze } from "./frozen.ts";
import { allWithin, type Gesture, type Held } from "./gesture.ts";
import type { Grip } from "./handles.ts";
import { type Guide, type Lines, REACH, snappedTo } from "./snap.ts";
import type { Scene } from "./scene.ts";
import { matrixOf, operationsFor, type Reshaping } from "./steps.ts";

const STEP = 15;
/** Nothing becomes thinner than this, in pixels. */
const THINNEST = 1;

export function startTransform(scene: Scene, indices: readonly number[], frame: Frame, grip: Grip, from: Point): Gesture {
  const before = layers.peek();
  const moving = allWithin(indices);
  const lines = linesAround(moving);
  const ice = freeze(scene, moving, false);
  const start = toDocument(from);
  let shape: Reshaping | null = null;
  isHeld.value = true;
  return {
    move(at, keys) {
      const here = toDocument(at);
      const made = grip === "rotate" ? turned(frame, start, here, keys) : pulled(frame, grip, start, here, keys, lines);
      shape = made.shape;
      guides.value = made.guides;
      const delta = matrixOf(shape);
      gesture.value = new Map(indices.map((index) => [index, { delta }]));
      heldFrame.value = framed(frame, shape);
      readout.value = { text: made.text, at };
    },
    end() {
      quiet();
      const done = shape;
      const operations = done === null ? [] : indices.flatMap((index) => operationsFor(before, index, done));
      if (done === null || operations.length === 0) gesture.value = new Map();
      else void apply(operations, new Map(indices.map((index) => [index, { delta: matrixOf(done) }])));
      ice.thaw();
    },
    cancel() {
      quiet();
      gesture.value = new Map();
      ice.thaw();
    },
  };
}

interface Made {
  shape: Reshaping;
  guides: readonly Guide[];
  text: string;
}

/** About the middle; with Shift to the next 15°. */
function turned(frame: Frame, start: Point, here: Point, keys: Held): Made {
  const angleOf = ([x, y]: Point) => (Math.atan2(y - frame.centre[1], x - frame.centre[0]) * 180) / Math.PI;
  const raw = angleOf(here) - angleOf(start);
  const turn = within180(keys.shift ? Math.round((frame.angle + raw) / STEP) * STEP - frame.angle : Math.round(raw * 10) / 10);
  const shape: Reshaping = { fixed: frame.centre, across: 1, down: 1, angle: frame.angle, turn };
  return { shape, guides: [], text: `${Math.round(within180(frame.angle + turn) * 10) / 10}°` };
}

/** With Shift in proportion, with Alt about the middle. */
function pulled(frame: Frame, grip: Handle, start: Point, here: Point, keys: Held, lines: Lines): Made {
  const opposite: Point = keys.alt ? [0, 0] : [-grip[0], -grip[1]];
  const fixed = pointOf(frame, opposite);
  const [grabbed, corner] = [start, pointOf(frame, grip)];
  const wanted: Point = [corner[0] + here[0] - grabbed[0], corner[1] + here[1] - grabbed[1]];
  const { point, guides: seen } = landed(frame, grip, wanted, keys, lines);
  const [now, origin] = [localOf(frame, point), localOf(frame, fixed)];
  const way = (axis: 0 | 1) => {
    const size = axis === 0 ? frame.width : frame.height;
    const from = (grip[axis] * size) / 2 - origin[axis];
    if (grip[axis] === 0 || size === 0) return 1;
    return thick((now[axis] - origin[axis]) / from, size);
  };
  let [across, down] = [way(0), way(1)];
  if (keys.shift) [across, down] = inProportion(grip, across, down);
  const shape: Reshaping = { fixed, across, down, angle: frame.angle, turn: 0 };
  const size = (length: number) => Math.round(Math.abs(length) * 10) / 10;
  return { shape, guides: keys.shift ? [] : seen, text: `${size(frame.width * across)} × ${size(frame.height * down)}` };
}

/** On whole pixels, or on the lines of what is there; where the frame is turned there are none. */
function landed(frame: Frame, grip: Handle, [x, y]: Point, keys: Held, lines: Lines): { point: Point; guides: Guide[] } {
  if (frame.angle !== 0) return { point: [x, y], guides: [] };
  const reach = keys.ctrl || keys.shift ? -1 : REACH / scale.peek();
  const [across, down] = [snappedTo(x, lines.x, reach), snappedTo(y, lines.y, reach)];
  const seen: Guide[] = [];
  if (grip[0] !== 0 && across.isOnLine) seen.push({ axis: "x", at: across.at });
  if (grip[1] !== 0 && down.isOnLine) seen.push({ axis: "y", at: down.at });
  return { point: [across.at, down.at], guides: seen };
}

/** The larger of the two ways counts; from a side, the other one follows. */
function inProportion(grip: Handle, across: number, down: number): [number, number] {
  if (grip[0] === 0) return [Math.abs(down), down];
  if (grip[1] === 0) return [across, Math.abs(across)];
  const by = Math.max(Math.abs(across), Math.abs(down));
  return [by * Math.sign(across), by * Math.sign(down)];
}

function thick(by: number, size: number): number {
  const least = Math.min(1, THINNEST / size);
  return Math.abs(by) >= least ? by : by < 0 ? -least : least;
}

function framed(frame: Frame, shape: Reshaping): Frame {
  const delta = matrixOf(shape);
  const centre = then([1, 0, 0, 1, ...frame.centre], delta);
  return {
    centre: [centre[4], centre[5]],
    width: frame.width * Math.abs(shape.across),
    height: frame.height * Math.abs(shape.down),
    angle: frame.angle + shape.turn,
  };
}

function within180(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}
