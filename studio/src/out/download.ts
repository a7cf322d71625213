/** What can be taken away, as addresses of the API. Pure but for `save`. */

import { send } from "../api/http.ts";
import type { Document, Layer } from "../api/types.ts";

/** `lossy`: always, never, or only if a quality is asked for. What else the API can give is one more line here. */
export interface Format {
  id: string;
  extension: string;
  label: string;
  lossy: "always" | "never" | "if-asked";
  hasAlpha: boolean;
  /** Whether single layers come as it too. */
  ofLayers: boolean;
}

export const FORMATS: readonly Format[] = [
  { id: "png", extension: "png", label: "PNG", lossy: "never", hasAlpha: true, ofLayers: true },
  { id: "webp", extension: "webp", label: "WebP", lossy: "if-asked", hasAlpha: true, ofLayers: true },
  { id: "jpeg", extension: "jpg", label: "JPEG", lossy: "always", hasAlpha: false, ofLayers: false },
  { id: "avif", extension: "avif", label: "AVIF", lossy: "always", hasAlpha: true, ofLayers: false },
];

/** Files that keep the layers, or show one after another, by the ending of their address. */
export const LAYERED = ["psd", "ora", "zip", "svg", "tiff", "pptx", "json", "webp", "apng", "gif"] as const;

export type Layered = (typeof LAYERED)[number];

export function exportUrl(document: Document, suffix: Layered): string {
  return `${document.urls.self}/export.${suffix}?${query({ revision: document.revision })}`;
}

export interface Wanted {
  format: Format;
  width: number | null;
  quality: number | null;
  /** `null` is the format's own: transparent, or white. */
  background: string | null;
}

export function pictureUrl(document: Document, { format, width, quality, background }: Wanted): string {
  const base = document.urls.render.replace(/\.png$/, `.${format.extension}`);
  return `${base}?${query({ revision: document.revision, width: width === document.width ? null : width, quality, background })}`;
}

export function layerUrl(document: Document, layer: Layer, format: Format, trimmed: boolean): string {
  const base = `${document.urls.self}/layers/${layer.index}.${format.extension}`;
  return `${base}?${query({ revision: document.revision, trim: trimmed ? 1 : null })}`;
}

/** Without what no file system takes. */
export function fileName(name: string | null, extension: string): string {
  const plain = (name ?? "").replace(/[\\/:*?"<>|\u0000-\u001f]+/g, " ").replace(/\s+/g, " ").trim().replace(/^\.+/, "");
  return `${plain.slice(0, 100) || "lamina"}.${extension}`;
}

/**
 * Fetched first, so that what goes wrong is told; rejects with `Problem`.
 *
 * Resolves with what the file could not hold, in the server's sentences.
 */
export async function save(url: string, name: string): Promise<readonly string[]> {
  const response = await send(url);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser reads it after the click
  return warnings(response.headers.get("X-Export-Warnings"));
}

export function warnings(header: string | null): readonly string[] {
  return header === null ? [] : (JSON.parse(header) as string[]);
}

function query(values: Record<string, string | number | null>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string | number] => entry[1] !== null);
  return new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
}
