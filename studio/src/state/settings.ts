/** How the page looks and speaks, kept in this browser. */

import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
export type Language = "en" | "zh";

function stored<Value extends string>(name: string, values: readonly Value[], otherwise: Value): Value {
  try {
    const found = localStorage.getItem(name) as Value;
    return values.includes(found) ? found : otherwise;
  } catch {
    return otherwise; // a browser that keeps nothing
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It holds until the page is closed.
  }
}

export const theme = signal(stored<Theme>("theme", ["system", "light", "dark"], "system"));

const spoken: Language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
export const language = signal(stored<Language>("language", ["en", "zh"], spoken));

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
  keep("theme", theme.value);
});

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-Hans" : "en";
  keep("language", language.value);
});
