/**
 * Layers as a change of colours will leave them, drawn while a colour or a slider is dragged: at most one picture each
 * a frame, of fewer pixels where a frame takes too long.
 */

import { picture } from "../api/pictures.ts";
import type { ColourStep, Layer } from "../api/types.ts";
import { type Matrix, then, translation } from "../geometry/matrix.ts";
import { gesture } from "../state/document.ts";
import type { Bitmap, Changes } from "../state/preview.ts";
import { recoloured } from "./recolour_preview.ts";
import { swatches } from "./swatches.ts";

/** What a layer is to look like. */
export interface Look {
  layer: Layer;
  /** All steps, from its own pixels on; and its blur. */
  steps: readonly ColourStep[];
  blur: number;
  /** The same from what it looks like now: where its own pixels are not all there is to it. */
  further: readonly ColourStep[];
  furtherBlur: number;
}

/** Pixels to begin with, and where they lie. */
interface Base {
  pixels: ImageData;
  matrix: Matrix;
  isOwn: boolean;
}

const FRAME_MS = 40;
const LEAST_PIXELS = 1 << 16;
let mostPixels = 1 << 20;

const bases = new Map<string, Promise<Base>>();
let wanted: readonly Look[] = [];
let frame = 0;
let drawnFor: readonly Look[] = [];

/** Show it in the next frame; what was asked for before and not drawn yet is left out. */
export function tryOut(looks: readonly Look[]): void {
  wanted = looks;
  if (frame === 0) frame = requestAnimationFrame(() => void draw());
}

/** Show nothing more; returns what is to be until the server has answered, with the pictures if they are drawn. */
export function settle(looks: readonly Look[]): Changes {
  const isDrawn = drawnFor.length > 0 && JSON.stringify(drawnFor.map(asText)) === JSON.stringify(looks.map(asText));
  const last: Changes = isDrawn ? gesture.value : new Map();
  giveUp();
  return new Map(
    looks.map(({ layer, steps, blur }) => {
      return [layer.index, { ...last.get(layer.index), colors: [...steps], blur: blur === 0 ? null : blur }];
    }),
  );
}

/** It came to nothing. */
export function giveUp(): void {
  cancelAnimationFrame(frame);
  [wanted, drawnFor, frame] = [[], [], 0];
  bases.clear();
  if (gesture.value.size > 0) gesture.value = new Map();
}

/** The colours that a layer is made of as it looks now. */
export async function coloursOf(layer: Layer, most: number): Promise<string[]> {
  if (layer.edited_url === null) return [];
  const bitmap = await picture(webp(layer.edited_url));
  return swatches(read(bitmap, 1 << 14).data, most);
}

async function draw(): Promise<void> {
  const looks = wanted;
  const loaded = await Promise.all(looks.map((look) => baseOf(look.layer))).catch(() => null);
  if (looks !== wanted) {
    frame = wanted.length === 0 ? 0 : requestAnimationFrame(() => void draw());
    return;
  }
  frame = 0;
  if (loaded === null) return;
  const begun = performance.now();
  gesture.value = new Map(
    looks.flatMap((look, at) => {
      const base = loaded[at];
      return base === undefined || base === null ? [] : [[look.layer.index, { bitmap: bitmapOf(base, look) }] as const];
    }),
  );
  drawnFor = looks;
  if (performance.now() - begun > FRAME_MS && mostPixels > LEAST_PIXELS) {
    mostPixels /= 2;
    bases.clear();
  }
}

/** The layer's own pixels, if all that was done to them is what is done here; otherwise as it looks now. */
function baseOf(layer: Layer): Promise<Base | null> {
  const isOwn = layer.url !== null && layer.changed.every((change) => change === "colours" || change === "blur");
  const url = isOwn ? `${webp(layer.url ?? "")}?trim=1` : layer.edited_url === null ? null : webp(layer.edited_url);
  if (url === null) return Promise.resolve(null);
  const key = `${layer.index} ${url} ${layer.matrix.join()}`;
  const found = bases.get(key) ?? load(url, isOwn ? layer.matrix : translation(...corner(layer)), isOwn);
  bases.set(key, found);
  return found;
}

async function load(url: string, matrix: Matrix, isOwn: boolean): Promise<Base> {
  const bitmap = await picture(url);
  const pixels = read(bitmap, mostPixels);
  const by: Matrix = [bitmap.width / pixels.width, 0, 0, bitmap.height / pixels.height, 0, 0];
  return { pixels, matrix: then(by, matrix), isOwn };
}

function bitmapOf(base: Base, look: Look): Bitmap {
  const { pixels, matrix } = base;
  const [width, height] = [pixels.width, pixels.height];
  const made = new ImageData(recoloured(pixels.data, base.isOwn ? look.steps : look.further), width, height);
  const surface = new OffscreenCanvas(width, height);
  surface.getContext("2d")?.putImageData(made, 0, 0);
  const blur = (base.isOwn ? look.blur : look.furtherBlur) / (Math.sqrt(Math.abs(matrix[0] * matrix[3] - matrix[1] * matrix[2])) || 1);
  return blur < 0.05 ? { image: surface, matrix } : blurred(surface, matrix, blur);
}

/** By a standard deviation in pixels of the surface, which grows by three of them on each side. */
function blurred(surface: OffscreenCanvas, matrix: Matrix, blur: number): Bitmap {
  const room = Math.ceil(3 * blur);
  const wider = new OffscreenCanvas(surface.width + 2 * room, surface.height + 2 * room);
  const pen = wider.getContext("2d");
  if (pen !== null) {
    pen.filter = `blur(${blur}px)`;
    pen.drawImage(surface, room, room);
  }
  return { image: wider, matrix: then(translation(-room, -room), matrix) };
}

function read(bitmap: ImageBitmap, most: number): ImageData {
  const by = Math.min(1, Math.sqrt(most / (bitmap.width * bitmap.height)));
  const [width, height] = [Math.max(1, Math.round(bitmap.width * by)), Math.max(1, Math.round(bitmap.height * by))];
  const surface = new OffscreenCanvas(width, height);
  const pen = surface.getContext("2d", { willReadFrequently: true });
  if (pen === null) return new ImageData(width, height);
  pen.drawImage(bitmap, 0, 0, width, height);
  return pen.getImageData(0, 0, width, height);
}

function asText({ layer, steps, blur }: Look): unknown {
  return [layer.index, steps, blur];
}

function corner(layer: Layer): [number, number] {
  return layer.edited_bbox === null ? [0, 0] : [layer.edited_bbox[0], layer.edited_bbox[1]];
}

function webp(url: string): string {
  return url.replace(/\.png(?=\?|$)/, ".webp");
}
