/** The server's picture over the preview, whenever nothing is under way. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { send } from "../api/http.ts";
import type { Document } from "../api/types.ts";
import { doc, gesture, pending } from "../state/document.ts";
import { lastChange } from "../state/edit.ts";
import { isExact } from "../state/view.ts";

/** Larger ones are left to the preview. */
const MOST_PIXELS = 64_000_000;

export interface Exact {
  /** The server's picture, where it is to be seen instead of the preview. */
  seen: ReadonlySignal<HTMLCanvasElement | null>;
  stop(): void;
}

export function attachExact(): Exact {
  const surface = document.createElement("canvas");
  /** What is on the surface: `doc_…@3`. */
  const painted = signal("");
  const seen = computed(() => {
    const isIdle = pending.value.length === 0 && gesture.value.size === 0;
    return isIdle && doc.value !== null && painted.value === named(doc.value) ? surface : null;
  });
  let loading: AbortController | null = null;

  const stopLoading = effect(() => {
    const document = doc.value;
    if (document === null || named(document) === painted.peek() || document.width * document.height > MOST_PIXELS) return;
    loading?.abort();
    const mine = (loading = new AbortController());
    paint(surface, document, painted.peek(), mine.signal).then(
      () => {
        if (!mine.signal.aborted) painted.value = named(document);
      },
      () => undefined, // the preview stays, and the badge says so
    );
  });
  const stopTelling = effect(() => {
    isExact.value = seen.value !== null;
  });

  return {
    seen,
    stop: () => {
      loading?.abort();
      stopLoading();
      stopTelling();
      [surface.width, surface.height] = [0, 0];
      isExact.value = false;
    },
  };
}

function named(document: Document): string {
  return `${document.id}@${document.revision}`;
}

/** All of the picture, or only what has changed if the one before is there. */
async function paint(surface: HTMLCanvasElement, document: Document, there: string, signal: AbortSignal): Promise<void> {
  const change = lastChange.peek();
  const follows = change !== null && change.to === document.revision && there === `${document.id}@${change.from}`;
  const fits = surface.width === document.width && surface.height === document.height;
  if (follows && fits && change.box === null) return;
  const box = follows && fits ? change.box : null;
  const url = `${document.urls.render}?revision=${document.revision}${box === null ? "" : `&box=${box.join(",")}`}`;
  const response = await send(url, { signal });
  const bitmap = await createImageBitmap(await response.blob(), { colorSpaceConversion: "none" });
  try {
    signal.throwIfAborted();
    if (!fits) [surface.width, surface.height] = [document.width, document.height];
    const [x, y] = box === null ? [0, 0] : [Math.max(0, box[0]), Math.max(0, box[1])];
    const pen = surface.getContext("2d");
    pen?.clearRect(x, y, bitmap.width, bitmap.height);
    pen?.drawImage(bitmap, x, y);
  } finally {
    bitmap.close();
  }
}
