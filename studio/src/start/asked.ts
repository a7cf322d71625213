/** How pictures are to be taken apart: what the form shows, kept in the browser, and what of it is sent. */

import { effect, signal } from "@preact/signals";
import type { Settings } from "../api/decompositions.ts";
import { offeredModels } from "../api/service.ts";

const KEY = "lamina.decompose";

/** Only what differs from the service's own defaults. */
export const settings = signal<Settings>(stored());

/** The models that the service offers, its default first; empty until it has said so. */
export const models = signal<readonly string[]>([]);

effect(() => {
  const text = JSON.stringify(settings.value);
  try {
    if (text !== "{}" || localStorage.getItem(KEY) !== null) localStorage.setItem(KEY, text);
  } catch {
    // full or shut off: it is only a liking
  }
});

/** What is `undefined` is the service's default. */
export function set<Name extends keyof Settings>(name: Name, value: Settings[Name]): void {
  const { [name]: _, ...others } = settings.value;
  settings.value = value === undefined ? others : { ...others, [name]: value };
}

export async function loadModels(): Promise<void> {
  try {
    models.value = await offeredModels();
  } catch {
    // It is away, or not ready: the form goes on with the default model, and the request will tell.
  }
}

/** The model that will run; `null` while it is not known. */
export function model(): string | null {
  const { model: chosen } = settings.value;
  if (chosen !== undefined && (models.value.length === 0 || models.value.includes(chosen))) return chosen;
  return models.value[0] ?? null;
}

/** `classic` reads no words and has no working size; of models of other people's making we cannot know. */
export function isDiffusion(): boolean {
  return model() !== "classic" && model() !== null;
}

export function needsPrompt(): boolean {
  return model() === "qwen-image-layered-control";
}

/** Without what the model does not heed: it would only be another id for the same layers. */
export function parameters(): Settings {
  const { model: _, prompt, resolution, seed, ...others } = settings.value;
  const chosen = model() === models.value[0] ? undefined : (model() ?? undefined); // the default need not be named
  if (model() === "classic") return { ...others, ...(chosen === undefined ? {} : { model: chosen }) };
  const heeded = { prompt: prompt?.trim() || undefined, resolution, seed, model: chosen };
  const given = Object.entries(heeded).filter(([, value]) => value !== undefined);
  return { ...others, ...Object.fromEntries(given) };
}

function stored(): Settings {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof found === "object" && found !== null ? checked(found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What an older page, or a person, has left there must not make every request fail. */
function checked(found: Record<string, unknown>): Settings {
  const { model, max_layers, enable_residual, resolution, prompt, seed } = found;
  return {
    ...(typeof model === "string" ? { model } : {}),
    ...(/^(auto|[1-9]|1[0-6])$/.test(String(max_layers)) ? { max_layers: String(max_layers) } : {}),
    ...(typeof enable_residual === "boolean" ? { enable_residual } : {}),
    ...(resolution === 640 || resolution === 1024 ? { resolution } : {}),
    ...(typeof prompt === "string" ? { prompt: prompt.slice(0, 4000) } : {}),
    ...(Number.isInteger(seed) && Number(seed) >= 0 && Number(seed) < 2 ** 32 ? { seed: Number(seed) } : {}),
  };
}
