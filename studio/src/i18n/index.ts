/** `t("layers.hide", { name })`: the words of the page in the language that is chosen. */

import { language } from "../state/settings.ts";
import { app } from "./en/app.ts";
import { canvas } from "./en/canvas.ts";
import { layers } from "./en/layers.ts";
import { out } from "./en/out.ts";
import { problems } from "./en/problems.ts";
import { properties } from "./en/properties.ts";
import { start } from "./en/start.ts";
import * as zh from "./zh/index.ts";

const en = { app, start, canvas, layers, properties, out, problems };

type English = typeof en;

/** The same keys, in other words. */
export type Words<Area> = { readonly [Name in keyof Area]: string };

export type Key = {
  [Area in keyof English]: `${Area}.${keyof English[Area] & string}`;
}[keyof English];

export type Values = Readonly<Record<string, string | number>>;

const languages: Record<"en" | "zh", { readonly [Area in keyof English]: Words<English[Area]> }> = { en, zh };

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
  return (languages[language.value][area] as Record<string, string> | undefined)?.[key.slice(dot + 1)];
}
