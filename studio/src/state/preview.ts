/** What an edit will make of a document, as far as that is known before the server has said so. Pure. */

import type { ColourStep, Document, Layer, Operation } from "../api/types.ts";
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
  colors?: ColourStep[];
  blur?: number | null;
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
export function operated<Of extends Pick<Document, "layers">>(document: Of, operations: readonly Operation[]): Of {
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
      return typeof operation["name"] === "string" ? { name: operation["name"] } : null;
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

/** Next to another layer, into the group that it is in, or to an end of their own; with all that is in them. */
function reordered(layers: Layer[], named: readonly number[], operation: Operation): Layer[] {
  const at = (operation["above"] ?? operation["below"]) as Operation["layer"];
  if (at === undefined) return atEnd(layers, named, operation);
  const [other] = indices(layers, at);
  const home = layers.find((layer) => layer.index === other);
  const taken = new Set(named.flatMap((index) => within(layers, index)));
  if (home === undefined || taken.has(home.index)) return layers;
  const rest = layers.filter((layer) => !taken.has(layer.index));
  const neighbours = new Set(within(layers, home.index));
  const places = rest.flatMap((layer, place) => (neighbours.has(layer.index) ? [place] : []));
  const place = operation["above"] === undefined ? Math.min(...places) : Math.max(...places) + 1;
  return [...rest.slice(0, place), ...moving(layers, named, home.parent), ...rest.slice(place)];
}

/** `top` or `bottom` of the one group that all of them are in; other ways wait for the server. */
function atEnd(layers: Layer[], named: readonly number[], operation: Operation): Layer[] {
  const homes = new Set(layers.filter((layer) => named.includes(layer.index)).map((layer) => layer.parent));
  if (homes.size !== 1 || (operation["to"] !== "top" && operation["to"] !== "bottom")) return layers;
  const [home] = homes as Set<number | null>;
  const others = layers.filter((layer) => layer.parent === home && !named.includes(layer.index));
  const other = operation["to"] === "top" ? others.at(-1) : others[0];
  if (other === undefined) return layers;
  return reordered(layers, named, { op: "reorder", [operation["to"] === "top" ? "above" : "below"]: other.index });
}

/** Each with all that is in it, in their order, into a group. */
function moving(layers: readonly Layer[], named: readonly number[], parent: number | null): Layer[] {
  return named.flatMap((index) => {
    const inside = new Set(within(layers, index));
    return layers.filter((layer) => inside.has(layer.index)).map((layer) => (layer.index === index ? { ...layer, parent } : layer));
  });
}

function indices(layers: readonly Layer[], named: Operation["layer"]): number[] {
  const all = Array.isArray(named) ? (named as readonly (number | string)[]) : [named as number | string | undefined];
  return layers.filter((layer) => all.includes(layer.index) || all.includes(layer.name)).map((layer) => layer.index);
}
