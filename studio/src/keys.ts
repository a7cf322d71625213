/** Every shortcut of the editor: one table, which `?` will show. */

import { redo, undo } from "./state/edit.ts";
import type { Key } from "./i18n/index.ts";
import { LAYER_SHORTCUTS } from "./panels/layer_shortcuts.ts";
import { fit, zoom, zoomTo } from "./state/view.ts";

export interface Shortcut {
  /** As `Ctrl+Shift+Z`; `Ctrl` is the command key on a Mac. Letters and digits are those of the key's place, too. */
  keys: readonly string[];
  label: Key;
  run: () => unknown;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ["Ctrl+Z"], label: "app.undo", run: undo },
  { keys: ["Ctrl+Shift+Z", "Ctrl+Y"], label: "app.redo", run: redo },
  { keys: ["Ctrl+0"], label: "canvas.fit", run: fit },
  { keys: ["Ctrl+1"], label: "canvas.actual", run: () => zoomTo(1) },
  { keys: ["Ctrl++", "Ctrl+="], label: "canvas.zoomIn", run: () => zoomTo(zoom.value * 1.25) },
  { keys: ["Ctrl+-"], label: "canvas.zoomOut", run: () => zoomTo(zoom.value / 1.25) },
  ...LAYER_SHORTCUTS,
];

const actions = new Map(SHORTCUTS.flatMap((shortcut) => shortcut.keys.map((key) => [key.toLowerCase(), shortcut.run])));

export function attachKeys(): () => void {
  const gone = new AbortController();
  addEventListener("keydown", pressed, { signal: gone.signal });
  return () => gone.abort();
}

function pressed(event: KeyboardEvent): void {
  // Fields have an undo of their own.
  if (event.defaultPrevented || isField(event.target)) return;
  const run = names(event).map((name) => actions.get(name)).find((found) => found !== undefined);
  if (run === undefined) return;
  event.preventDefault();
  void run();
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

/** Whether something is written there. */
export function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}
