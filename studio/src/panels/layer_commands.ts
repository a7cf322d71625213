/** What can be done to the selected layers: by the footer, the context menu and keys alike. */

import { signal } from "@preact/signals";
import { upload } from "../api/assets.ts";
import { asProblem } from "../api/http.ts";
import type { Operation } from "../api/types.ts";
import type { Point } from "../geometry/matrix.ts";
import { doc, layers, select, selected, selection } from "../state/document.ts";
import { apply } from "../state/edit.ts";
import { tellProblem } from "../state/notices.ts";
import { current, focusRow, folded, moved, renaming, rows } from "./layer_state.ts";
import { splitting } from "./layer_splitting.ts";
import { type Solo, soloed } from "./layer_solo.ts";
import { around, dropped, stepped, type Target, toEnd } from "./layer_tree.ts";

/** For one solo: what was seen before, of which document. */
const memory = signal<{ id: string; solo: Solo } | null>(null);

export function rename(index: number, text: string): void {
  const name = text.trim();
  renaming.value = null;
  const before = layers.value.find((layer) => layer.index === index)?.name;
  if (name !== "" && name !== before) void apply([{ op: "rename", layer: index, name }]);
}

export function startRenaming(): void {
  const [only] = selected.value;
  if (only !== undefined && selected.value.length === 1) renaming.value = only.index;
}

/** Hides them if all of them show. */
export function toggleVisible(): void {
  onSelected(selected.value.every((layer) => layer.visible) ? "hide" : "show");
}

export function toggleLocked(): void {
  onSelected(selected.value.every((layer) => layer.locked) ? "unlock" : "lock");
}

export function setVisible(indices: readonly number[], visible: boolean): void {
  void apply([{ op: visible ? "show" : "hide", layer: indices }]);
}

/** One layer alone, or all that was seen before. */
export function solo(index: number): void {
  const id = doc.value?.id;
  if (id === undefined) return;
  const { operations, memory: kept } = soloed(layers.value, index, memory.value?.id === id ? memory.value.solo : null);
  memory.value = kept === null ? null : { id, solo: kept };
  if (operations.length > 0) void apply(operations);
}

export function group(): Promise<void> {
  return made([{ op: "group", layer: moved.value }]);
}

/** What was in the groups is selected then. */
export async function ungroup(): Promise<void> {
  const groups = selected.value.filter((layer) => layer.kind === "group").map((layer) => layer.index);
  const inside = layers.value.filter((layer) => layer.parent !== null && groups.includes(layer.parent)).map((layer) => layer.index);
  if (groups.length > 0 && (await apply([{ op: "ungroup", layer: groups }]))) select(inside);
}

export function duplicate(): Promise<void> {
  return moved.value.length === 0 ? Promise.resolve() : made([{ op: "duplicate", layer: moved.value }]);
}

/** Selects what is at their place then, so that the keyboard goes on from there. */
export async function remove(): Promise<void> {
  const gone = new Set(moved.value);
  if (gone.size === 0) return;
  const stays = (index: number) => !gone.has(index) && !around(layers.value, index).some((one) => gone.has(one));
  const indices = rows.value.map((row) => row.layer.index);
  const last = indices.findLastIndex((index) => gone.has(index));
  const next = indices.slice(last).find(stays) ?? indices.slice(0, Math.max(last, 0)).findLast(stays);
  if (next !== undefined) {
    current.value = next;
    if (document.activeElement?.getAttribute("role") === "treeitem") focusRow(next); // before its row goes
  }
  const isDone = apply([{ op: "delete", layer: [...gone] }]);
  if ((await isDone) && next !== undefined && selection.value.size === 0) select([next]);
}

export function restoreLayer(index: number): void {
  void apply([{ op: "restore", layer: index }]).then((isDone) => isDone && select([index]));
}

export function flip(axis: "horizontal" | "vertical"): void {
  if (moved.value.length > 0) void apply([{ op: "flip", layer: moved.value, axis }]);
}

export function step(up: boolean): void {
  done(stepped(layers.value, moved.value, up));
}

export function sendToEnd(front: boolean): void {
  done(toEnd(layers.value, moved.value, front));
}

/** What is dropped into a group that is folded shows there. */
export function drop(indices: readonly number[], target: Target): void {
  if (target.where === "into") folded.value = new Set([...folded.value].filter((index) => index !== target.index));
  done(dropped(layers.value, indices, target));
}

export function selectAll(): void {
  select(rows.value.map((row) => row.layer.index));
}

export function split(): void {
  if (canSplit()) splitting.value = selected.value[0]?.index ?? null;
}

/** One layer, of pixels that the decomposition has. */
export function canSplit(): boolean {
  const [only] = selected.value;
  return only !== undefined && selected.value.length === 1 && only.url !== null && only.kind !== "group" && only.asset === null;
}

/** Files as new layers in front of what is selected: in the middle of the canvas, or about a point of it. */
export async function addPictures(files: readonly File[], at: Point | null = null): Promise<void> {
  try {
    const assets: string[] = [];
    for (const file of files) assets.push((await upload(file, file.name)).sha256);
    const { width, height, layers: all } = doc.value ?? { width: 0, height: 0, layers: [] };
    const front = moved.value.at(-1);
    const place = front === undefined ? {} : { above: front };
    const by = at === null ? { x: 0, y: 0 } : { x: Math.round(at[0] - width / 2), y: Math.round(at[1] - height / 2) };
    const added = assets.map((asset, at): Operation => {
      const name = files[at]!.name.replace(/\.[^.]*$/, "").trim().slice(0, 200);
      return { op: "add", asset, ...(name === "" ? {} : { name }), ...place };
    });
    const next = assets.map((_, at) => all.length + at);
    await made(by.x === 0 && by.y === 0 ? added : [...added, { op: "move", layer: next, by }]);
  } catch (error) {
    tellProblem(asProblem(error));
  }
}

function onSelected(op: string): void {
  if (selected.value.length > 0) void apply([{ op, layer: selected.value.map((layer) => layer.index) }]);
}

function done(operations: readonly Operation[] | null): void {
  if (operations !== null && operations.length > 0) void apply(operations);
}

/** Selects the layers that an operation has made, without what is in them. */
async function made(operations: readonly Operation[]): Promise<void> {
  const before = doc.value?.layers.length ?? 0;
  if (!(await apply(operations))) return;
  const fresh = layers.value.filter((layer) => layer.index >= before);
  select(fresh.filter((layer) => !fresh.some((one) => one.index === layer.parent)).map((layer) => layer.index));
}
