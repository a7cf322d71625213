/** Keys for what is selected that work wherever the keyboard is. */

import type { Shortcut } from "../shortcut.ts";

type Commands = typeof import("./layer_commands.ts");

export const LAYER_SHORTCUTS: readonly Shortcut[] = [
  { keys: ["Ctrl+G"], label: "layers.group", run: () => done((commands) => commands.group()) },
  { keys: ["Ctrl+Shift+G"], label: "layers.ungroup", run: () => done((commands) => commands.ungroup()) },
  { keys: ["Ctrl+J", "Ctrl+D"], label: "layers.duplicate", run: () => done((commands) => commands.duplicate()) },
  { keys: ["Ctrl+Shift+H"], label: "layers.toggle_visible", run: () => done((commands) => commands.toggleVisible()) },
  { keys: ["Ctrl+Shift+L"], label: "layers.toggle_locked", run: () => done((commands) => commands.toggleLocked()) },
  { keys: ["Ctrl+]", "Ctrl+BracketRight"], label: "layers.forward", run: () => done((commands) => commands.step(true)) },
  { keys: ["Ctrl+[", "Ctrl+BracketLeft"], label: "layers.backward", run: () => done((commands) => commands.step(false)) },
  { keys: ["Ctrl+Shift+]", "Ctrl+Shift+BracketRight"], label: "keys.front", run: () => done((commands) => commands.sendToEnd(true)) },
  { keys: ["Ctrl+Shift+[", "Ctrl+Shift+BracketLeft"], label: "keys.back", run: () => done((commands) => commands.sendToEnd(false)) },
  { keys: ["Delete", "Backspace"], label: "keys.delete", run: () => done((commands) => commands.remove()) },
];

async function done(run: (commands: Commands) => unknown): Promise<void> {
  run(await import("./layer_commands.ts"));
}
