/** Every shortcut of the editor: one table, which `?` shows. */

import { changeable, cycle, enter, escape, fade, selectAll } from "./canvas/actions.ts";
import { tool } from "./canvas/feedback.ts";
import { isHelpOpen } from "./canvas/help.ts";
import { endNudge, nudge } from "./canvas/nudge.ts";
import { isGestureUnderWay } from "./canvas/pointer.ts";
import { openExport } from "./out/export_button.tsx";
import { LAYER_SHORTCUTS } from "./panels/layer_shortcuts.ts";
import { toRegion } from "./panels/regions.ts";
import type { Shortcut } from "./shortcut.ts";
import { selection } from "./state/document.ts";
import { redo, undo } from "./state/edit.ts";
import { togglePanels } from "./state/layout.ts";
import { compare, fit, zoom, zoomTo } from "./state/view.ts";

/** They have arrows, Tab or Enter of their own. */
const CONTROLS = "input, select, [role=slider], [role=menu], [role=menuitem], [role=tab], [role=radio], [role=listbox], "
  + "[role=option], [role=tree], [role=treeitem], [role=grid], [role=row], [role=separator]";
const BUTTONS = `button, a, summary, label, ${CONTROLS}`;

const arrow = (key: string, x: number, y: number): Shortcut[] => [
  { keys: [`Arrow${key}`], label: "keys.nudge", run: () => nudged(x, y), notIn: "controls" },
  { keys: [`Shift+Arrow${key}`], label: "keys.nudgeFar", run: () => nudged(10 * x, 10 * y), notIn: "controls" },
];

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ["Ctrl+Z"], label: "app.undo", run: undo },
  { keys: ["Ctrl+Shift+Z", "Ctrl+Y"], label: "app.redo", run: redo },
  { keys: ["Ctrl+A"], label: "keys.selectAll", run: selectAll },
  { keys: ["Escape"], label: "keys.escape", run: escape },
  { keys: ["Tab"], label: "keys.next", run: () => isOnCanvas() && cycle(1), notIn: "buttons" },
  { keys: ["Shift+Tab"], label: "keys.previous", run: () => isOnCanvas() && cycle(-1), notIn: "buttons" },
  { keys: ["Enter"], label: "keys.enter", run: enter, notIn: "buttons" },
  ...arrow("Left", -1, 0),
  ...arrow("Right", 1, 0),
  ...arrow("Up", 0, -1),
  ...arrow("Down", 0, 1),
  ...LAYER_SHORTCUTS,
  ...Array.from({ length: 10 }, (_, digit): Shortcut => ({
    keys: [String(digit)], label: "keys.opacity", run: () => fade(digit), notIn: "controls",
  })),
  { keys: ["V"], label: "keys.moveTool", run: () => (tool.value = "move") },
  { keys: ["H"], label: "keys.handTool", run: () => (tool.value = "hand") },
  { keys: ["\\", "Backslash", "IntlBackslash"], label: "keys.original", run: showOriginal },
  { keys: ["Ctrl+0"], label: "canvas.fit", run: fit },
  { keys: ["Ctrl+1"], label: "canvas.actual", run: () => zoomTo(1) },
  { keys: ["+", "=", "Ctrl++", "Ctrl+="], label: "canvas.zoomIn", run: () => zoomTo(zoom.value * 1.25) },
  { keys: ["-", "Ctrl+-"], label: "canvas.zoomOut", run: () => zoomTo(zoom.value / 1.25) },
  { keys: ["F6"], label: "app.next_region", run: () => toRegion(1) },
  { keys: ["Shift+F6"], label: "app.previous_region", run: () => toRegion(-1) },
  { keys: ["Ctrl+\\"], label: "app.toggle_panels", run: togglePanels },
  { keys: ["?"], label: "app.shortcuts", run: () => (isHelpOpen.value = true) },
  { keys: ["Ctrl+S"], label: "out.export", run: openExport },
];

const actions = new Map(SHORTCUTS.flatMap((shortcut) => shortcut.keys.map((key) => [key.toLowerCase(), shortcut])));

/** What `\` shows for as long as it is held, instead of this. */
let before: "off" | "split" | null = null;

export function attachKeys(): () => void {
  const gone = new AbortController();
  const options = { signal: gone.signal };
  addEventListener("keydown", pressed, options);
  addEventListener("keyup", released, options);
  addEventListener("blur", letGo, options);
  return () => {
    letGo();
    gone.abort();
  };
}

function pressed(event: KeyboardEvent): void {
  // Fields have an undo of their own, but no F6; dialogs have everything.
  if (event.defaultPrevented || (isField(event.target) && event.key !== "F6") || document.querySelector("dialog[open]") !== null) return;
  if (!event.key.startsWith("Arrow") && event.key !== "Shift") endNudge();
  const found = names(event).map((name) => actions.get(name)).find((one) => one !== undefined);
  if (found === undefined || isTaken(event.target, found.notIn)) return;
  // What is held in the hand is not deleted, undone or copied under it; it can be let go of.
  if (isGestureUnderWay() && event.key !== "Escape") return event.preventDefault();
  if (found.run() !== false) event.preventDefault();
}

function released(event: KeyboardEvent): void {
  if (event.key.startsWith("Arrow")) endNudge();
  if (event.key === "\\" || /Backslash/.test(event.code)) hideOriginal();
}

function letGo(): void {
  endNudge();
  hideOriginal();
}

function nudged(x: number, y: number): boolean {
  if (selection.value.size === 0) return false;
  nudge(changeable(), x, y);
  return true;
}

/** Elsewhere Tab goes where it goes everywhere. */
function isOnCanvas(): boolean {
  return document.activeElement?.closest(".canvas") != null;
}

function showOriginal(): void {
  if (compare.value === "original") return;
  before = compare.value;
  compare.value = "original";
}

function hideOriginal(): void {
  if (before !== null) compare.value = before;
  before = null;
}

/** What it is called by the letter, and by the place of the key on keyboards that have other letters there. */
function names(event: KeyboardEvent): string[] {
  const held = `${event.ctrlKey || event.metaKey ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}`;
  const shift = event.shiftKey ? "shift+" : "";
  const place = event.code.replace(/^(Key|Digit)/, "").toLowerCase();
  const letter = event.key.toLowerCase();
  // `+` and `?` have the shift in them on some keyboards.
  return [`${held}${shift}${letter}`, `${held}${shift}${place}`, ...(letter.length === 1 && !/[a-z0-9]/.test(letter) ? [`${held}${letter}`] : [])];
}

function isTaken(target: EventTarget | null, notIn: Shortcut["notIn"]): boolean {
  if (notIn === undefined || !(target instanceof Element)) return false;
  return target.closest(notIn === "controls" ? CONTROLS : BUTTONS) !== null;
}

/** Whether something is written there. */
export function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}
