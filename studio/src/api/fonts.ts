import { ask } from "./http.ts";
import type { Font } from "./types.ts";

/** Of the server, by their names; and the names that stand for whichever is nearest. */
export interface Fonts {
  fonts: Font[];
  generic: string[];
}

export async function listFonts(): Promise<Fonts> {
  return (await ask<Fonts>("/v1/fonts")).value;
}
