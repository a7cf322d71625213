/** What an edit will make of a document, as far as that is known before the server has said so. Pure. */

import type { Document, Layer, Operation } from "../api/types.ts";
import { boxMapped } from "../geometry/box.ts";
import { type Matrix, then, translation } from "../geometry/matrix.ts";

/** A picture in the place of a layer's own; `matrix` maps its pixels to the canvas as the server knows the layer. */
export interface Bitmap {
  image: CanvasImageSource;
  matrix: Matrix;
}

/** Of one layer. `delta` maps the canvas: it comes after the layer's own matrix. */
export interface Change {
  delta?: Matrix;
  opacity?: number;
  blend?: string;
  visible?: boolean;
  locked?: boolean;
  deleted?: boolean;
  name?: string;
  bitmap?: Bitmap;
}

/** By layer index; the delta of a group is that of all that is in it. */
export type Changes = ReadonlyMap<number, Change>;

/** Without what is deleted, by itself or with a group that it is in. */
export function living(layers: readonly Layer[]): Layer[] {
  const byIndex = new Map(layers.map((layer) => [layer.index, layer]));
  const isGone = (layer: Layer | undefined): boolean =>
    layer !== undefined && (layer.deleted || (layer.parent !== null && isGone(byIndex.get(layer.parent))));
  return layers.filter((layer) => !isGone(layer));
}

/** The index of a layer and, if it is a group, of all that is in it. */
export function within(layers: readonly Layer[], index: number): number[] {
  const inner = layers.filter((layer) => layer.parent === index);
  return [index, ...inner.flatMap((layer) => within(layers, layer.index))];
}

/** What a gesture draws instead of a layer's picture. */
export function bitmapOf(layer: Layer): Bitmap | undefined {
  return (layer as Layer & Change).bitmap;
}

export function changed(layers: readonly Layer[], changes: Changes): Layer[] {
  const deltas = new Map<number, Matrix>();
  for (const [index, { delta }] of changes) {
    if (delta !== undefined) for (const each of within(layers, index)) deltas.set(each, delta);
  }
  return layers.map((layer) => {
    const { delta: _, ...rest } = changes.get(layer.index) ?? {};
    const delta = deltas.get(layer.index);
    return delta === undefined ? { ...layer, ...rest } : { ...mapped(layer, delta), ...rest };
  });
}

/** After operations; those that it cannot foresee, such as `recolor`, change nothing. */
export function operated(document: Document, operations: readonly Operation[]): Document {
  return { ...document, layers: operations.reduce(step, document.layers) };
}

function mapped(layer: Layer, delta: Matrix): Layer {
  return { ...layer, matrix: then(layer.matrix, delta), bbox: boxMapped(layer.bbox, delta) };
}

function step(layers: Layer[], operation: Operation): Layer[] {
  const change = changeOf(operation);
  const named = indices(layers, operation.layer);
  if (change !== null) return changed(layers, new Map(named.map((index) => [index, change])));
  return operation.op === "reorder" ? reordered(layers, named, operation) : layers;
}

function changeOf(operation: Operation): Change | null {
  switch (operation.op) {
    case "move":
      return moved(operation["by"]);
    case "opacity":
      return typeof operation["to"] === "number" ? { opacity: operation["to"] } : null;
    case "blend":
      return typeof operation["mode"] === "string" ? { blend: operation["mode"] } : null;
    case "rename":
      return typeof operation["to"] === "string" ? { name: operation["to"] } : null;
    case "show":
    case "hide":
      return { visible: operation.op === "show" };
    case "lock":
    case "unlock":
      return { locked: operation.op === "lock" };
    case "delete":
    case "restore":
      return { deleted: operation.op === "delete" };
    default:
      return null;
  }
}

/** By so many pixels; what is said in percent waits for the server. */
function moved(by: unknown): Change | null {
  const { x = 0, y = 0 } = (by ?? {}) as { x?: unknown; y?: unknown };
  return typeof x === "number" && typeof y === "number" ? { delta: translation(x, y) } : null;
}

/** Next to another layer of the same group, with all that is in it; other ways wait for the server. */
function reordered(layers: Layer[], named: readonly number[], operation: Operation): Layer[] {
  const [other] = indices(layers, (operation["above"] ?? operation["below"]) as Operation["layer"]);
  const home = layers.find((layer) => layer.index === other)?.parent;
  const isHere = (index: number) => layers.find((layer) => layer.index === index)?.parent === home;
  if (other === undefined || named.includes(other) || !named.every(isHere)) return layers;
  const taken = new Set(named.flatMap((index) => within(layers, index)));
  const rest = layers.filter((layer) => !taken.has(layer.index));
  const neighbours = new Set(within(layers, other));
  const places = rest.flatMap((layer, place) => (neighbours.has(layer.index) ? [place] : []));
  const at = operation["above"] === undefined ? Math.min(...places) : Math.max(...places) + 1;
  return [...rest.slice(0, at), ...layers.filter((layer) => taken.has(layer.index)), ...rest.slice(at)];
}

function indices(layers: readonly Layer[], named: Operation["layer"]): number[] {
  const all = Array.isArray(named) ? (named as readonly (number | string)[]) : [named as number | string | undefined];
  return layers.filter((layer) => all.includes(layer.index) || all.includes(layer.name)).map((layer) => layer.index);
}
