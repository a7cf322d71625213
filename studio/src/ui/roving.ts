/** Which of several things in a row the next key goes to, and where a popup stands. */

/**
 * The index that `key` leads to from `at`, or null where the key means nothing here. Arrows go round in a circle;
 * a letter goes to the next of `texts` that begins with it.
 */
export function nextIn(texts: readonly string[], at: number, key: string): number | null {
  const count = texts.length;
  if (count === 0) return null;
  if (key === "ArrowDown" || key === "ArrowRight") return (at + 1) % count;
  if (key === "ArrowUp" || key === "ArrowLeft") return (Math.max(at, 0) + count - 1) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if ([...key].length !== 1 || key === " ") return null;
  const begins = (index: number) => texts[index]!.trim().toLowerCase().startsWith(key.toLowerCase());
  for (let step = 1; step <= count; step++) if (begins((at + step) % count)) return (at + step) % count;
  return null;
}

const GAP = 4; // pixels between a popup, its button, and the edges of the window

/** Puts `popup` under `anchor`, or over it where there is more room; never outside the window. */
export function placeBeside(popup: HTMLElement, anchor: HTMLElement): void {
  const [at, size] = [anchor.getBoundingClientRect(), popup.getBoundingClientRect()];
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  const under = at.bottom + GAP + size.height <= height || at.top < height - at.bottom;
  const top = under ? at.bottom + GAP : at.top - GAP - size.height;
  const left = at.left + size.width + GAP <= width ? at.left : at.right - size.width;
  popup.style.top = `${Math.max(GAP, Math.min(top, height - size.height - GAP))}px`;
  popup.style.left = `${Math.max(GAP, Math.min(left, width - size.width - GAP))}px`;
}
