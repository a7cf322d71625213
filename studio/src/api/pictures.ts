/** Decoded pictures by their address, the ones used last kept. */

import { send } from "./http.ts";

const KEPT_BYTES = 384 * 2 ** 20;

const kept = new Map<string, Promise<ImageBitmap>>();
const sizes = new Map<string, number>();
const pinned = new Map<string, number>();
let bytes = 0;

/** The picture at an address that never changes. Do not close it: it may be asked for again. */
export function picture(url: string): Promise<ImageBitmap> {
  const found = kept.get(url);
  if (found !== undefined) {
    kept.delete(url);
    kept.set(url, found);
    return found;
  }
  const loading = load(url);
  kept.set(url, loading);
  loading.then(
    (bitmap) => grown(url, bitmap),
    () => kept.delete(url),
  );
  return loading;
}

/** While it is shown it is kept, whatever else is asked for. */
export function pin(url: string): void {
  pinned.set(url, (pinned.get(url) ?? 0) + 1);
}

export function unpin(url: string): void {
  const count = (pinned.get(url) ?? 0) - 1;
  if (count > 0) pinned.set(url, count);
  else pinned.delete(url);
}

async function load(url: string): Promise<ImageBitmap> {
  const response = await send(url);
  // Straight colours as they are: they are premultiplied where they are drawn, once.
  return createImageBitmap(await response.blob(), { colorSpaceConversion: "none" });
}

function grown(url: string, bitmap: ImageBitmap): void {
  const size = bitmap.width * bitmap.height * 4;
  sizes.set(url, size);
  bytes += size;
  for (const oldest of [...kept.keys()]) {
    if (bytes <= KEPT_BYTES) return;
    if (oldest === url || pinned.has(oldest) || !sizes.has(oldest)) continue;
    bytes -= sizes.get(oldest) ?? 0;
    sizes.delete(oldest);
    void kept.get(oldest)?.then((old) => old.close());
    kept.delete(oldest);
  }
}
