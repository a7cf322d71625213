/** Keys within the list of layers, as trees have them. */

import { selection } from "../state/document.ts";
import { nextIn } from "../ui/roving.ts";
import * as commands from "./layer_commands.ts";
import { current, fold, menuAt, pick, renaming, rowOf, rows, tabbable } from "./layer_state.ts";

/** Whether the key meant something. */
export function treeKey(event: KeyboardEvent): boolean {
  if (event.target instanceof HTMLInputElement || renaming.value !== null) return false;
  const ctrl = event.ctrlKey || event.metaKey;
  if (event.altKey) return withAlt(event.key);
  if (ctrl && event.key.toLowerCase() === "a") return done(commands.selectAll);
  switch (event.key) {
    case "ArrowUp":
    case "ArrowDown":
      return go(at() + (event.key === "ArrowUp" ? -1 : 1), event.shiftKey, ctrl);
    case "Home":
    case "End":
      return go(event.key === "Home" ? 0 : rows.value.length - 1, event.shiftKey, ctrl);
    case "ArrowLeft":
    case "ArrowRight":
      return ctrl ? false : sideways(event.key === "ArrowRight");
    case " ":
      return done(() => tabbable.value !== null && pick(tabbable.value, { shift: event.shiftKey, ctrl: !event.shiftKey }));
    case "F2":
    case "Enter":
      return done(() => (renaming.value = tabbable.value));
    case "Delete":
    case "Backspace":
      return done(commands.remove);
    case "Escape":
      return selection.value.size > 0 && done(() => (selection.value = new Set()));
    case "ContextMenu":
      return done(openMenu);
    case "F10":
      return event.shiftKey && done(openMenu);
    default:
      return ctrl ? false : byLetter(event.key);
  }
}

function withAlt(key: string): boolean {
  if (key !== "ArrowUp" && key !== "ArrowDown") return false;
  selectCurrent();
  return done(() => commands.step(key === "ArrowUp"));
}

function at(): number {
  return rows.value.findIndex((row) => row.layer.index === tabbable.value);
}

/** Selects as it goes; with Ctrl it only goes. */
function go(place: number, shift: boolean, ctrl: boolean): boolean {
  const row = rows.value[Math.max(0, Math.min(rows.value.length - 1, place))];
  if (row === undefined) return true;
  if (ctrl && !shift) current.value = row.layer.index;
  else pick(row.layer.index, { shift, ctrl: false });
  return true;
}

/** Right opens a group, then goes into it; left goes to the group around, or folds it. */
function sideways(right: boolean): boolean {
  const row = rows.value[at()];
  if (row === undefined) return true;
  if (right && row.folded === true) fold(row.layer.index, false);
  else if (right && row.folded === false && rows.value[at() + 1]?.layer.parent === row.layer.index) go(at() + 1, false, false);
  else if (!right && row.folded === false) fold(row.layer.index, true);
  else if (!right && row.layer.parent !== null) pick(row.layer.parent, { shift: false, ctrl: false });
  return true;
}

function byLetter(key: string): boolean {
  const place = /^[\p{L}\p{N}]$/u.test(key) ? nextIn(rows.value.map((row) => row.layer.name), at(), key) : null;
  return place !== null && go(place, false, false);
}

function openMenu(): void {
  selectCurrent();
  const box = rowOf(tabbable.value)?.getBoundingClientRect();
  if (box !== undefined) menuAt.value = { x: box.left + 48, y: box.bottom };
}

function selectCurrent(): void {
  const index = tabbable.value;
  if (index !== null && !selection.value.has(index)) pick(index, { shift: false, ctrl: false });
}

function done(run: () => unknown): true {
  void run();
  return true;
}
