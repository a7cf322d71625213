import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Layer } from "../api/types.ts";
import { coloursOf } from "../canvas/live_colours.ts";

const MOST = 10;

/** The colours that a layer is made of as it looks now, commonest first; none until its picture is there. */
export function useSwatches(layer: Layer | undefined): readonly string[] {
  const found = useSignal<readonly string[]>([]);
  useEffect(() => {
    let isWanted = true;
    if (layer === undefined) found.value = [];
    else coloursOf(layer, MOST).then((colours) => { if (isWanted) found.value = colours; }, () => undefined);
    return () => { isWanted = false; };
  }, [layer?.edited_url]);
  return found.value;
}
