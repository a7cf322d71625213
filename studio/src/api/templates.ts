import { ask } from "./http.ts";
import type { Page } from "./types.ts";

export type Property = "image" | "text" | "color" | "position" | "x" | "y" | "opacity" | "blend" | "visible";

export interface Variable {
  layer: number | readonly number[];
  property: Property;
  required?: boolean;
  description?: string;
  choices?: readonly (string | number | boolean)[];
  max_length?: number;
}

/** `id` is its name, as lists have it. */
export interface Template {
  id: string;
  name: string;
  version: number;
  description: string | null;
  document_id: string;
  width: number;
  height: number;
  variables: Record<string, Variable>;
  /** What each variable is without a value, as far as that is known. */
  values: Record<string, unknown>;
  thumbnail_url: string;
  updated_at: string;
  urls: { self: string; picture: string; document: string };
}

type Told = Omit<Template, "id">;

/** Newest first. */
export async function templates(url = "/v1/templates?limit=12"): Promise<Page<Template>> {
  const { value } = await ask<{ templates: Told[]; next: string | null }>(url);
  return { items: value.templates.map(withId), next: value.next };
}

export async function readTemplate(name: string, signal?: AbortSignal): Promise<Template> {
  return withId((await ask<Told>(addressOf(name), { signal })).value);
}

export interface Draft {
  name: string;
  document_id: string;
  revision: number;
  variables: Record<string, Variable>;
}

/** The first version of a new name (412 where it is taken), or with `anyhow` the next version of whatever is there. */
export async function saveTemplate(draft: Draft, anyhow: boolean): Promise<Template> {
  const headers: Record<string, string> = anyhow ? {} : { "If-None-Match": "*" };
  return withId((await ask<Told>("/v1/templates", { json: draft, headers })).value);
}

export async function removeTemplate(name: string): Promise<void> {
  await ask(addressOf(name), { method: "DELETE" });
}

function withId(told: Told): Template {
  return { ...told, id: told.name };
}

function addressOf(name: string): string {
  return `/v1/templates/${encodeURIComponent(name)}`;
}
