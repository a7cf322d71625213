/** What is selected, down to what has pixels; and what may not be changed. */

import { computed } from "@preact/signals";
import type { Layer } from "../api/types.ts";
import { layers, selected } from "./document.ts";
import { within } from "./preview.ts";

/** The selected layers and those in selected groups, no groups. */
export const selectedLeaves = computed<Layer[]>(() => {
  const indices = new Set(selected.value.flatMap((layer) => within(layers.value, layer.index)));
  return layers.value.filter((layer) => indices.has(layer.index) && layer.kind !== "group");
});

/** Whether something of the selection is locked, by itself, with its group or with something in it. */
export const isLocked = computed<boolean>(() => {
  const byIndex = new Map(layers.value.map((layer) => [layer.index, layer]));
  const locked = (layer: Layer | undefined): boolean =>
    layer !== undefined && (layer.locked || (layer.parent !== null && locked(byIndex.get(layer.parent))));
  return [...selected.value, ...selectedLeaves.value].some(locked);
});
