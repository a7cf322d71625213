/** What of a document may vary in a template of it: proposed by what each layer is. Pure. */

import type { Layer } from "../api/types.ts";
import type { Variable } from "../api/templates.ts";

export type Kind = "text" | "image" | "color" | "visible";

export interface Row {
  layer: Layer;
  kinds: readonly Kind[];
}

/** The layers that have something to vary, from the top down as they are listed. */
export function rowsOf(layers: readonly Layer[]): Row[] {
  return layers.filter(({ deleted }) => !deleted).map((layer) => ({ layer, kinds: kindsOf(layer) })).reverse();
}

function kindsOf(layer: Layer): readonly Kind[] {
  if (layer.kind === "group") return ["color", "visible"];
  return [layer.text === null ? "image" : "text", "color", "visible"];
}

/** Variables of what was chosen, each `[layer, kind]`, named after the layers; no name twice. */
export function variablesOf(chosen: readonly (readonly [Layer, Kind])[]): Record<string, Variable> {
  const found: Record<string, Variable> = {};
  for (const [layer, property] of chosen) {
    const own = slug(layer.name) || `layer-${layer.index}`;
    const base = property === "color" || property === "visible" ? `${own}.${property}` : own;
    let name = base;
    for (let n = 2; name in found; n++) name = `${base}-${n}`;
    found[name] = { layer: layer.index, property };
  }
  return found;
}

/** Letters and digits of any script with dashes between them, as names of templates and variables are. */
export function slug(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{N}\p{M}]+/gu, "-").replace(/^[-\p{M}]+|-+$/gu, "").slice(0, 48);
}
