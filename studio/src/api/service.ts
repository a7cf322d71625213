import { ask } from "./http.ts";

/** The names of the models that the service offers, its default first. */
export async function offeredModels(): Promise<string[]> {
  return (await ask<{ models: string[] }>("/readyz")).value.models;
}

/** Whether the service answers at all. */
export async function healthy(): Promise<boolean> {
  return ask("/healthz").then(() => true, () => false);
}
