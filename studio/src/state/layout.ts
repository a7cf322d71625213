/** Where the panels stand and how large they are, kept in this browser. */

import { effect, signal } from "@preact/signals";

/** Of the panels at the side, in CSS pixels. */
export const NARROWEST = 240;
export const WIDEST = 560;

/** Of their height, in hundredths, for the layers; the rest is for the properties. */
export const LEAST_LAYERS = 20;
export const MOST_LAYERS = 80;

export const panelsWidth = signal(kept("panels-width", 288, NARROWEST, WIDEST));
export const layersShare = signal(kept("layers-share", 45, LEAST_LAYERS, MOST_LAYERS));
export const arePanelsShown = signal(kept("panels-shown", 1, 0, 1) === 1);

/** Which panel is seen where there is room for one. */
export const tab = signal("layers");

/** There is room for one panel at a time: on telephones, upright and lying. */
const few = matchMedia("(max-width: 720px), (max-height: 480px)");
export const isTabbed = signal(few.matches);
few.addEventListener("change", () => (isTabbed.value = few.matches));

effect(() => keep("panels-width", panelsWidth.value));
effect(() => keep("layers-share", layersShare.value));
effect(() => keep("panels-shown", arePanelsShown.value ? 1 : 0));

export function togglePanels(): void {
  arePanelsShown.value = !arePanelsShown.value;
}

function kept(name: string, otherwise: number, least: number, most: number): number {
  try {
    const text = localStorage.getItem(name);
    const found = text === null ? NaN : Number(text);
    return Number.isFinite(found) ? Math.min(most, Math.max(least, found)) : otherwise;
  } catch {
    return otherwise; // a browser that keeps nothing
  }
}

function keep(name: string, value: number): void {
  try {
    localStorage.setItem(name, String(value));
  } catch {
    // It holds until the page is closed.
  }
}
