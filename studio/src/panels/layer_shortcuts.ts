/** Keys for what is selected that work wherever the keyboard is. */

import type { Shortcut } from "../keys.ts";

type Commands = typeof import("./layer_commands.ts");

export const LAYER_SHORTCUTS: readonly Shortcut[] = [
  { keys: ["Ctrl+G"], label: "layers.group", run: () => done((commands) => commands.group()) },
  { keys: ["Ctrl+Shift+G"], label: "layers.ungroup", run: () => done((commands) => commands.ungroup()) },
  { keys: ["Ctrl+J"], label: "layers.duplicate", run: () => done((commands) => commands.duplicate()) },
  { keys: ["Ctrl+Shift+H"], label: "layers.toggle_visible", run: () => done((commands) => commands.toggleVisible()) },
  { keys: ["Ctrl+Shift+L"], label: "layers.toggle_locked", run: () => done((commands) => commands.toggleLocked()) },
  { keys: ["Ctrl+]"], label: "layers.forward", run: () => done((commands) => commands.step(true)) },
  { keys: ["Ctrl+["], label: "layers.backward", run: () => done((commands) => commands.step(false)) },
];

async function done(run: (commands: Commands) => unknown): Promise<void> {
  run(await import("./layer_commands.ts"));
}
