import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { contrast } from "../ui/colour.ts";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
type Colours = Record<string, string>;
const themes: Record<"light" | "dark", Colours> = { light: coloursOf(":root,"), dark: coloursOf('\n[data-theme="dark"]') };

/** The colours of the rule that begins with `selector`. */
function coloursOf(selector: string): Colours {
  const start = css.indexOf(selector);
  assert.ok(start >= 0, `there is no rule ${selector}`);
  const body = css.slice(css.indexOf("{", start) + 1, css.indexOf("}", start));
  return Object.fromEntries([...body.matchAll(/(--[\w-]+): (#[0-9a-f]+);/g)].map((found) => [found[1], found[2]]));
}

/** What is read must stand 4.5 to 1 off all it may lie on; what is only seen (edges, rings, marks), 3 to 1. */
const SURFACES = ["--bg", "--panel", "--panel-2", "--hover", "--selected"];
const READ: [string, string[]][] = [
  ["--text", SURFACES],
  ["--muted", SURFACES],
  ["--accent", SURFACES],
  ["--danger", SURFACES],
  ["--warning", SURFACES],
  ["--ok", SURFACES],
  ["--accent-text", ["--accent", "--accent-hover"]],
  ["--danger-text", ["--danger"]],
];
const SEEN: [string, string[]][] = [
  ["--focus", SURFACES],
  ["--edge", ["--bg", "--panel", "--panel-2", "--hover"]],
];

for (const [name, colours] of Object.entries(themes)) {
  for (const [ratio, pairs] of [[4.5, READ], [3, SEEN]] as const) {
    for (const [front, backs] of pairs) test(`${name}: ${front} stands off what it lies on by ${ratio}`, () => {
      for (const back of backs) {
        const found = contrast(colours[front]!, colours[back]!);
        assert.ok(found >= ratio, `off ${back} it is ${found.toFixed(2)}`);
      }
    });
  }
}

test("light and dark name the same colours, and following the system gives the dark of who chose it", () => {
  assert.deepEqual(Object.keys(themes.light), Object.keys(themes.dark));
  assert.deepEqual(coloursOf(':root:not([data-theme="light"])'), themes.dark);
  assert.ok(Object.keys(themes.dark).length >= 20);
});

test("every variable that a style asks for is in a style, or set by a component", () => {
  const source = new URL("../", import.meta.url);
  const read = (ending: string) =>
    readdirSync(source, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(ending))
      .map((name) => readFileSync(new URL(name, source), "utf8"))
      .join("\n");
  const styles = read(".css");
  const there = new Set([...styles.matchAll(/(?:^|[\s{;])(--[\w-]+):/g), ...read(".tsx").matchAll(/["'](--[\w-]+)["']/g)].map((found) => found[1]));
  const asked = [...styles.matchAll(/var\((--[\w-]+)\)/g)].map((found) => found[1]);
  assert.deepEqual(asked.filter((name) => !there.has(name)), []);
});
