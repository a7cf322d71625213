/** `t("layers.hide", { name })`: the words of the page in the language that is chosen. */

import { effect, signal } from "@preact/signals";
import { language } from "../state/settings.ts";
import { app } from "./en/app.ts";
import { canvas } from "./en/canvas.ts";
import { keys } from "./en/keys.ts";
import { layers } from "./en/layers.ts";
import { out } from "./en/out.ts";
import { problems } from "./en/problems.ts";
import { properties } from "./en/properties.ts";
import { start } from "./en/start.ts";
import { templates } from "./en/templates.ts";
import { told } from "./en/told.ts";
import type { Words } from "./words.ts";

const en = { app, start, canvas, keys, layers, properties, out, problems, templates, told };

type English = typeof en;

export type Key = {
  [Area in keyof English]: `${Area}.${keyof English[Area] & string}`;
}[keyof English];

export type Values = Readonly<Record<string, string | number>>;

type AllWords = { readonly [Area in keyof English]: Words<English[Area]> };

/** Those of the language that is chosen; English until they are here. */
const words = signal<AllWords>(en);

const OTHERS = { zh: async (): Promise<AllWords> => import("./zh/index.ts") };

effect(() => void wordsAreHere());

/** Loads the words of the language that is chosen. */
export async function wordsAreHere(): Promise<void> {
  const chosen = language.value;
  const found = chosen === "en" ? en : await OTHERS[chosen]().catch(() => en);
  if (language.peek() === chosen) words.value = found;
}

/** Read within a component or an effect, it is read anew when the language changes. */
export function t(key: Key, values: Values = {}): string {
  const text = lookUp(key) ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function isKey(key: string): key is Key {
  return lookUp(key) !== undefined;
}

function lookUp(key: string): string | undefined {
  const dot = key.indexOf(".");
  const area = key.slice(0, dot) as keyof English;
  return (words.value[area] as Record<string, string> | undefined)?.[key.slice(dot + 1)];
}
