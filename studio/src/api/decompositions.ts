import { ask } from "./http.ts";
import type { Decomposition, Job, Page } from "./types.ts";

/** Fields of the request beside the picture; what is left out is the service's default. */
export interface Settings {
  model?: string;
  max_layers?: string;
  enable_residual?: boolean;
  resolution?: number;
  min_alpha_area_ratio?: number;
  prompt?: string;
  seed?: number;
}

/** Begin to take a picture apart; the job may have ended already. */
export async function decompose(picture: Blob, name: string, settings: Settings, signal?: AbortSignal): Promise<Job> {
  const form = new FormData();
  for (const [field, value] of Object.entries(settings)) {
    if (value !== undefined && value !== "") form.append(field, String(value));
  }
  form.append("image", picture, name);
  return (await ask<Job>("/v1/decompositions", { form, signal })).value;
}

/** The same of a picture that the service fetches itself, or of a `data:` address. */
export async function decomposeAddress(address: string, settings: Settings, signal?: AbortSignal): Promise<Job> {
  const picture = address.startsWith("data:") ? { image_base64: address } : { image_url: address };
  return (await ask<Job>("/v1/decompositions", { json: { ...settings, ...picture }, signal })).value;
}

/** A file that brings its layers along; a name says nothing to the service. */
export async function importStack(file: Blob, signal?: AbortSignal): Promise<Decomposition> {
  const form = new FormData();
  form.append("file", new Blob([file]), "stack"); // its bytes say what it is; a type that a system made up would not
  return (await ask<Decomposition>("/v1/decompositions/import", { form, signal })).value;
}

export async function decomposition(id: string, signal?: AbortSignal): Promise<Decomposition> {
  return (await ask<Decomposition>(`/v1/decompositions/${id}`, { signal })).value;
}

/** Newest first; `next` is the address of the page after. */
export async function decompositions(url = "/v1/decompositions?limit=24"): Promise<Page<Decomposition>> {
  const { value } = await ask<{ decompositions: Decomposition[]; next: string | null }>(url);
  return { items: value.decompositions, next: value.next };
}

/** Split one layer further; the parts come as a decomposition of their own. */
export async function splitLayer(decompositionId: string, index: number): Promise<Job> {
  const url = `/v1/decompositions/${decompositionId}/layers/${index}/decompositions`;
  return (await ask<Job>(url, { method: "POST" })).value;
}

export async function removeDecomposition(id: string): Promise<void> {
  await ask(`/v1/decompositions/${id}`, { method: "DELETE" });
}
