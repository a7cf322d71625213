import { SHORTCUTS } from "../keys.ts";
import { type Key, t } from "../i18n/index.ts";
import { Dialog } from "../ui/index.ts";
import { isHelpOpen } from "./help.ts";

const POINTER: readonly [keys: readonly string[], label: Key][] = [
  [["Shift", "Ctrl"], "keys.pick"],
  [["Alt"], "keys.below"],
  [["Shift"], "keys.keep"],
  [["Alt"], "keys.copy"],
  [["Ctrl"], "keys.free"],
  [["Space"], "keys.space"],
  [["Ctrl"], "keys.wheelZoom"],
];

const GLYPHS: Record<string, string> = { arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓", escape: "Esc" };

/** Every shortcut there is: the table that keys.ts goes by. */
export function Help() {
  return (
    <Dialog title={t("app.shortcuts")} onClose={() => (isHelpOpen.value = false)}>
      <dl class="shortcuts" tabIndex={0} aria-label={t("app.shortcuts")}>
        {byLabel().map(([label, keys]) => <Row key={label} label={label} keys={keys} />)}
      </dl>
      <h3>{t("keys.pointer")}</h3>
      <dl class="shortcuts">
        {POINTER.map(([keys, label]) => <Row key={label} label={label} keys={keys} />)}
      </dl>
    </Dialog>
  );
}

function Row({ label, keys }: { label: Key; keys: readonly string[] }) {
  return (
    <div>
      <dt>{t(label)}</dt>
      <dd>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dd>
    </div>
  );
}

/** One line for all keys that do the same kind of thing; not what keys are called by their place. */
function byLabel(): [Key, string[]][] {
  const rows = new Map<Key, string[]>();
  for (const { keys, label } of SHORTCUTS) {
    const named = keys.filter((key) => !/Bracket|Backslash/.test(key)).map(asWritten);
    rows.set(label, [...(rows.get(label) ?? []), ...named]);
  }
  return [...rows].map(([label, keys]) => [label, /^\d/.test(keys[0] ?? "") && keys.length > 4 ? ["0 – 9"] : keys]);
}

function asWritten(key: string): string {
  const parts = key.replace(/(^|\+)\+$/, "$1plus").split("+");
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  return parts
    .map((part) => (part === "plus" ? "+" : part === "Ctrl" && isMac ? "⌘" : GLYPHS[part.toLowerCase()] ?? part))
    .join(isMac ? " " : "+");
}
