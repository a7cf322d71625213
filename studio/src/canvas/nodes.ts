/** The browser's preview: a sprite for each layer and group, in step with `shown` and with the pictures that have come. */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { picture, pin, unpin } from "../api/pictures.ts";
import type { Layer } from "../api/types.ts";
import { type Matrix, then } from "../geometry/matrix.ts";
import { doc, layers } from "../state/document.ts";
import { bitmapOf } from "../state/preview.ts";
import { byIndex, isIsolated, placing, since } from "./placing.ts";
import type { Picture, Sprite } from "./sprites.ts";

export interface Nodes {
  /** Bottom to top, each within its group. */
  tree: ReadonlySignal<readonly Sprite[]>;
  of(index: number): Sprite | undefined;
  /** Resolves when the picture of each layer is there. */
  loaded(): Promise<void>;
  stop(): void;
}

/** The picture of a layer. */
interface Held {
  url: string;
  loading: Promise<void>;
  /** What is painted: that of `url` or, while that loads, the one before, where it was. */
  drawn: { url: string; image: ImageBitmap; matrix: Matrix } | null;
}

type Load = (index: number, url: string) => Held;

export function attachNodes(): Nodes {
  const held = new Map<number, Held>();
  const tree = signal<readonly Sprite[]>([]);
  const arrived = signal(0);
  let all = new Map<number, Sprite>();
  const stop = effect(() => {
    void arrived.value;
    const known = byIndex(doc.value);
    const load: Load = (index, url) => loaded(held, index, url, () => arrived.value++);
    all = new Map(layers.value.map((layer) => [layer.index, spriteOf(layer, known.get(layer.index) ?? layer, load)]));
    for (const index of [...held.keys()]) if (!all.has(index)) drop(held, index);
    tree.value = nested(layers.value, all);
  });
  return {
    tree,
    of: (index) => all.get(index),
    loaded: async () => void (await Promise.all([...held.values()].map((one) => one.loading))),
    stop: () => {
      stop();
      for (const index of [...held.keys()]) drop(held, index);
    },
  };
}

function nested(living: readonly Layer[], all: ReadonlyMap<number, Sprite>): Sprite[] {
  const roots: Sprite[] = [];
  for (const layer of living) {
    const home = layer.parent === null ? roots : all.get(layer.parent)?.children ?? roots;
    home.push(all.get(layer.index) as Sprite);
  }
  return roots;
}

function spriteOf(layer: Layer, known: Layer, load: Load): Sprite {
  const { index, opacity, visible } = layer;
  const blend = layer.blend === "normal" ? "source-over" : (layer.blend as GlobalCompositeOperation);
  const isGroup = layer.kind === "group";
  const { image, matrix } = isGroup ? NOTHING : pictureOf(layer, known, load);
  return { index, opacity, visible, blend, image, matrix, isIsolated: isGroup && isIsolated(layer), children: [] };
}

const NOTHING: { image: Picture | null; matrix: Matrix } = { image: null, matrix: [1, 0, 0, 1, 0, 0] };

function pictureOf(layer: Layer, known: Layer, load: Load): typeof NOTHING {
  const lent = bitmapOf(layer); // a gesture's picture, in the place of the layer's own
  if (lent !== undefined) return { image: lent.image as Picture, matrix: then(lent.matrix, since(layer, known)) };
  const placed = placing(layer, known);
  if (placed === null) return NOTHING;
  const one = load(layer.index, placed.url);
  if (one.drawn === null) return NOTHING;
  // The picture before stays where it was until the next one is there: nothing flashes.
  if (one.drawn.url === placed.url) one.drawn.matrix = placed.matrix;
  return one.drawn;
}

/** What is drawn stays pinned until the next one is there: a picture that is not pinned may be closed at any time. */
function loaded(held: Map<number, Held>, index: number, url: string, done: () => void): Held {
  const before = held.get(index);
  if (before?.url === url) return before;
  pin(url);
  const one: Held = { url, drawn: before?.drawn ?? null, loading: Promise.resolve() };
  held.set(index, one);
  one.loading = picture(url).then(
    (image) => {
      if (held.get(index) !== one) return unpin(url);
      if (one.drawn !== null) unpin(one.drawn.url);
      one.drawn = { url, image, matrix: [1, 0, 0, 1, 0, 0] };
      done();
    },
    () => unpin(url), // what was drawn stays; the exact picture comes by itself
  );
  return one;
}

function drop(held: Map<number, Held>, index: number): void {
  const drawn = held.get(index)?.drawn;
  if (drawn != null) unpin(drawn.url);
  held.delete(index);
}
