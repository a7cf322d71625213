import type { Key } from "./i18n/index.ts";

/** A row of the table that keys.ts goes by and the help shows. */
export interface Shortcut {
  /** As `Ctrl+Shift+Z`; `Ctrl` is the command key on a Mac. Letters and digits are those of the key's place, too. */
  keys: readonly string[];
  label: Key;
  /** `false`: nothing was to be done, and the key is the browser's. */
  run: () => unknown;
  /** What else the key does where it has the focus: there it is not ours. */
  notIn?: "controls" | "buttons";
}
