/**
 * What recolouring and adjusting make of pixels, with the server's arithmetic (model/edits/recolor.py, swap.py,
 * filters.py), so that a colour that is dragged shows what the server will draw. Pure.
 */

import type { ColourStep } from "../api/types.ts";
import { fromOklab, toOklab } from "./oklab.ts";

/** Changes a colour in place: red, green, blue and alpha, 0-255, not rounded. */
type Curve = (colour: Float64Array) => void;

type Rgb = readonly [red: number, green: number, blue: number];

const { hypot, max, min, round, sqrt } = Math;
const [RED, GREEN, BLUE] = [0.2126, 0.7152, 0.0722];
const STEEPEST = 0.5;
const FINE = 64; // parts of a step of brightness
const SLOTS = 1 << 16;

/** A copy of straight RGBA pixels after all steps in their order, rounded once. What cannot be seen may stay. */
export function recoloured(pixels: Uint8ClampedArray, steps: readonly ColourStep[]): Uint8ClampedArray<ArrayBuffer> {
  const curves: Curve[] = [];
  for (const step of steps) {
    const middle = step.op === "recolor" && step.mode === "tint" ? commonest(pixels, curves) : 0;
    curves.push(mixed(curveOf(step, middle), strengthOf(step)));
  }
  return mapped(pixels, curves);
}

/** Each colour is worked out once and then remembered, as far as there is room. */
function mapped(pixels: Uint8ClampedArray, curves: readonly Curve[]): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(pixels);
  const words = new Uint32Array(out.buffer);
  const [asked, made] = [new Uint32Array(SLOTS), new Uint32Array(SLOTS)];
  const one = new Uint8ClampedArray(4);
  const word = new Uint32Array(one.buffer);
  const colour = new Float64Array(4);
  for (let at = 0; at < words.length; at++) {
    const key = words[at]!;
    if (out[4 * at + 3] === 0) continue;
    const slot = (key ^ (key >>> 15) ^ (key >>> 7)) & (SLOTS - 1);
    if (asked[slot] !== key) {
      word[0] = key;
      colour.set(one);
      for (const curve of curves) curve(colour);
      one.set(colour);
      asked[slot] = key;
      made[slot] = word[0]!;
    }
    words[at] = made[slot]!;
  }
  return out;
}

/** The median brightness of what the curves so far make of the pixels, weighted by alpha. */
function commonest(pixels: Uint8ClampedArray, curves: readonly Curve[]): number {
  const weights = new Float64Array(255 * FINE + 1);
  const coarse = new Float64Array(256);
  const seen = curves.length === 0 ? pixels : null;
  const colour = new Float64Array(4);
  let all = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3]!;
    if (alpha === 0) continue;
    for (let channel = 0; channel < 4; channel++) colour[channel] = pixels[at + channel]!;
    if (seen === null) for (const curve of curves) curve(colour);
    const bright = min(255, max(0, luma(colour)));
    weights[round(bright * FINE)]! += 1;
    coarse[round(bright)]! += alpha;
    all += alpha;
  }
  if (all === 0) return 127.5;
  let at = 0;
  for (let sum = coarse[0]!; sum < all / 2; sum += coarse[at]!) at++;
  return medianNear(weights, at);
}

/** Of the fine brightnesses that round to a whole one, each counted once. */
function medianNear(counts: Float64Array, whole: number): number {
  const first = max(0, whole * FINE - FINE / 2);
  const near = counts.subarray(first, whole * FINE + FINE / 2);
  const total = near.reduce((sum, count) => sum + count, 0);
  let at = 0;
  for (let sum = near[0] ?? 0; sum < total / 2 && at < near.length - 1; sum += near[at] ?? 0) at++;
  return (first + at) / FINE;
}

function mixed(curve: Curve, strength: number): Curve {
  if (strength === 1) return curve;
  const before = new Float64Array(4);
  return (colour) => {
    before.set(colour);
    curve(colour);
    for (let channel = 0; channel < 4; channel++) {
      colour[channel] = before[channel]! + strength * (colour[channel]! - before[channel]!);
    }
  };
}

function strengthOf(step: ColourStep): number {
  return step.op === "recolor" ? step.strength ?? 1 : 1;
}

function curveOf(step: ColourStep, middle: number): Curve {
  if (step.op === "adjust") return filter(step);
  switch (step.mode) {
    case "hue":
      return hued(rgbOf(step.color));
    case "tint":
      return tinted(rgbOf(step.color), middle);
    case "replace":
      return swapped(rgbOf(step.from), rgbOf(step.color), step.tolerance);
    case "duotone":
      return between(rgbOf(step.colors[0]), rgbOf(step.colors[1]));
    case "matrix":
      return multiplied(step.matrix);
  }
}

function hued(target: Rgb): Curve {
  const [low, high] = [min(...target), max(...target)];
  if (high === low) return (colour) => void colour.fill(max(colour[0]!, colour[1]!, colour[2]!), 0, 3);
  const pure = target.map((value) => (value - low) / (high - low)) as unknown as Rgb;
  return (colour) => {
    const darkest = min(colour[0]!, colour[1]!, colour[2]!);
    const range = max(colour[0]!, colour[1]!, colour[2]!) - darkest;
    for (let channel = 0; channel < 3; channel++) colour[channel] = darkest + range * pure[channel as 0 | 1 | 2];
  };
}

function tinted(target: Rgb, middle: number): Curve {
  return (colour) => {
    const away = luma(colour) - middle;
    const up = clipped(away / max(255 - middle, 255 * STEEPEST));
    const down = clipped(-away / max(middle, 255 * STEEPEST));
    for (let channel = 0; channel < 3; channel++) {
      const wanted = target[channel as 0 | 1 | 2];
      colour[channel] = (wanted + (255 - wanted) * up) * (1 - down);
    }
  };
}

function between(dark: Rgb, light: Rgb): Curve {
  return (colour) => {
    const share = clipped(luma(colour) / 255);
    for (let channel = 0; channel < 3; channel++) {
      const [from, to] = [dark[channel as 0 | 1 | 2], light[channel as 0 | 1 | 2]];
      colour[channel] = from + share * (to - from);
    }
  };
}

function swapped(from: Rgb, to: Rgb, tolerance: number): Curve {
  const [sought, wanted, lab] = [Float64Array.from(from), Float64Array.from(to), new Float64Array(3)];
  toOklab(sought);
  toOklab(wanted);
  const brightness = dot(sought, sought);
  const coloured = min(1, hypot(sought[1]!, sought[2]!) / 0.1);
  const shade = sqrt(brightness) * (1 - 0.75 * coloured);
  return (colour) => {
    for (let channel = 0; channel < 3; channel++) lab[channel] = colour[channel]!;
    toOklab(lab);
    const light = (dot(lab, sought) + 0.05) / (brightness + 0.05);
    for (let channel = 0; channel < 3; channel++) lab[channel]! -= light * sought[channel]!;
    const along = (light - 1) * shade;
    const share = clipped(2 - (2 * sqrt(dot(lab, lab) + along * along)) / max(tolerance, 1e-3));
    if (share === 0) return;
    for (let channel = 0; channel < 3; channel++) lab[channel]! += light * wanted[channel]!;
    fromOklab(lab);
    for (let channel = 0; channel < 3; channel++) colour[channel]! += share * (lab[channel]! - colour[channel]!);
  };
}

function filter(step: Extract<ColourStep, { op: "adjust" }>): Curve {
  if (step.brightness !== undefined) return linear(step.brightness, 0);
  if (step.contrast !== undefined) return linear(step.contrast, 127.5 * (1 - step.contrast));
  if (step.saturation !== undefined) return multiplied(saturation(step.saturation));
  return multiplied(hueRotation(step.hue ?? 0));
}

function linear(factor: number, offset: number): Curve {
  return (colour) => {
    for (let channel = 0; channel < 3; channel++) colour[channel] = min(255, max(0, colour[channel]! * factor + offset));
  };
}

const WEIGHTS: Rgb = [0.213, 0.715, 0.072];
const BY_SINE: readonly Rgb[] = [[-0.213, -0.715, 0.928], [0.143, 0.14, -0.283], [-0.787, 0.715, 0.072]];

function saturation(amount: number): number[] {
  return widened((row, column) => WEIGHTS[column]! + amount * (Number(row === column) - WEIGHTS[column]!));
}

function hueRotation(degrees: number): number[] {
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return widened(
    (row, column) =>
      WEIGHTS[column]! + cosine * (Number(row === column) - WEIGHTS[column]!) + sine * BY_SINE[row]![column]!,
  );
}

function widened(entry: (row: number, column: number) => number): number[] {
  return [0, 1, 2].flatMap((row) => [entry(row, 0), entry(row, 1), entry(row, 2), 0, 0]).concat([0, 0, 0, 1, 0]);
}

/** feColorMatrix: four rows of red, green, blue, alpha and 1. */
function multiplied(matrix: readonly number[]): Curve {
  const before = new Float64Array(4);
  return (colour) => {
    before.set(colour);
    for (let row = 0; row < 4; row++) {
      let sum = matrix[5 * row + 4]! * 255;
      for (let column = 0; column < 4; column++) sum += matrix[5 * row + column]! * before[column]!;
      colour[row] = min(255, max(0, sum));
    }
  };
}

function luma(colour: Float64Array): number {
  return RED * colour[0]! + GREEN * colour[1]! + BLUE * colour[2]!;
}

function dot(one: Float64Array, other: Float64Array): number {
  return one[0]! * other[0]! + one[1]! * other[1]! + one[2]! * other[2]!;
}

function clipped(share: number): number {
  return min(1, max(0, share));
}

function rgbOf(hex: string): Rgb {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
}
