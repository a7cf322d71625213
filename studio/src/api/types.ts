/** The JSON of the API, with the names of its OpenAPI document. */

import type { Matrix } from "../geometry/matrix.ts";

export type Box = readonly [x: number, y: number, width: number, height: number];

export interface FieldError {
  pointer: string;
  detail: string;
}

export interface ProblemJson {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string | null;
  errors: FieldError[] | null;
  revision: number | null;
}

export type Status = "queued" | "running" | "succeeded" | "failed" | "canceled";

export interface Job {
  id: string;
  kind: string;
  status: Status;
  progress: {
    fraction: number;
    stage: string | null;
    step: number | null;
    steps: number | null;
    eta_seconds: number | null;
  };
  queue_position: number | null;
  cached: boolean;
  error: ProblemJson | null;
  result: { decomposition_id?: string; [name: string]: unknown } | null;
  urls: { self: string; events: string; cancel: string; result: string | null };
}

export interface StoredLayer {
  index: number;
  name: string;
  kind: string;
  text: string | null;
  bbox: Box;
  url: string;
  thumbnail_url: string;
}

export interface Decomposition {
  id: string;
  image: { sha256: string; width: number; height: number };
  model: { name: string; revision: string };
  layer_count: number;
  created_at: string;
  notes: { imported?: { warnings: string[] }; [name: string]: unknown };
  layers: StoredLayer[];
  thumbnail_url: string;
  urls: { source: string; composite: string; [name: string]: string | null };
}

/** How edits set words; `null` is as they seem to be of the layer's own. */
export interface WordsStyle {
  font: string | null;
  size: number | null;
  color: string | null;
  align: "start" | "left" | "center" | "right" | null;
  direction: "auto" | "ltr" | "rtl" | null;
  fit: "shrink" | "none" | null;
}

/** Colours are `#rrggbb`. */
export type Recolor = { op: "recolor"; strength?: number } & (
  | { mode: "hue" | "tint"; color: string }
  | { mode: "replace"; color: string; from: string; tolerance: number }
  | { mode: "duotone"; colors: readonly [dark: string, light: string] }
  | { mode: "matrix"; matrix: readonly number[] }
);

/** One of a layer's `colors`: the operation that asks for it, without its layer. */
export type ColourStep =
  | Recolor
  | { op: "adjust"; brightness?: number; contrast?: number; saturation?: number; hue?: number };

export interface Font {
  name: string;
  family: string;
  style: string;
}

export interface Layer {
  index: number;
  name: string;
  kind: string;
  bbox: Box;
  matrix: Matrix;
  source_bbox: Box;
  angle: number;
  changed: string[];
  colors: ColourStep[];
  blur: number | null;
  words: WordsStyle | null;
  opacity: number;
  blend: string;
  visible: boolean;
  locked: boolean;
  deleted: boolean;
  parent: number | null;
  text: string | null;
  asset: string | null;
  url: string | null;
  thumbnail_url: string | null;
  edited_url: string | null;
  edited_bbox: Box | null;
}

export interface Document {
  id: string;
  name: string | null;
  decomposition_id: string;
  revision: number;
  width: number;
  height: number;
  layers: Layer[];
  can_undo: boolean;
  can_redo: boolean;
  created_at: string;
  updated_at: string;
  thumbnail_url: string;
  urls: { self: string; decomposition: string; operations: string; undo: string; redo: string; revisions: string;
    freeze: string; render: string; source: string };
}

/** `dirty`: what may look other than before; `null` where nothing does. */
export interface ChangedDocument extends Document {
  dirty: Box | null;
}

export interface Revision {
  n: number;
  kind: "create" | "edit" | "undo" | "redo" | "restore";
  summary: string;
  operation_count: number;
  shows: number;
  created_at: string;
  url: string;
  render_url: string;
}

/** What an edit asks for; /docs says what each `op` takes. */
export interface Operation {
  op: string;
  layer?: number | string | readonly (number | string)[];
  [parameter: string]: unknown;
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}
