/** The address of a template's picture with values. Pure. */

import type { Template } from "../api/templates.ts";

export type Values = Readonly<Record<string, unknown>>;

export interface Shape {
  extension: string;
  width?: number | null;
  quality?: number | null;
}

/** Of this version for ever; what has no value stays as the template has it. */
export function filledUrl(template: Template, values: Values, { extension, width, quality }: Shape): string {
  const query = new URLSearchParams({ version: String(template.version) });
  if (width !== undefined && width !== null && width !== template.width) query.set("width", String(width));
  if (quality !== undefined && quality !== null) query.set("quality", String(quality));
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) query.set(`values.${name}`, textOf(value));
  }
  return `${template.urls.picture.replace(/\.png$/, `.${extension}`)}?${query}`;
}

function textOf(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    const { x, y } = value as { x: number; y: number };
    return `${x},${y}`;
  }
  return String(value);
}

/** The name of the variable that a problem's pointer leads to. */
export function variableAt(pointer: string): string {
  return (pointer.split("/")[1] ?? "").replaceAll("~1", "/").replaceAll("~0", "~");
}
