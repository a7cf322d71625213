/** How numbers in fields are shown, bounded and stepped. */

/** How far Shift makes one press of an arrow go. */
export const BIG_STEP = 10;

export function clamp(value: number, min = -Infinity, max = Infinity): number {
  return Math.min(Math.max(value, min), max);
}

/** Decimals that a step needs: 0 of 1, 2 of 0.05. */
export function decimalsOf(step: number): number {
  const [figures = "", exponent] = String(step).split("e");
  return Math.max(0, (figures.split(".")[1] ?? "").length - Number(exponent ?? 0));
}

export function rounded(value: number, decimals: number): number {
  const found = Number(value.toFixed(Math.min(decimals, 12)));
  return found === 0 ? 0 : found; // no minus nought
}

/** As text: two decimals at the most unless the step is finer, no noughts at the end. */
export function shown(value: number, step = 1): string {
  return String(rounded(value, Math.max(2, decimalsOf(step))));
}

/** One press of an arrow from `value`: the sum is as exact as its parts, so that 0.1 + 0.2 is 0.3. */
export function stepped(value: number, by: number, min?: number, max?: number): number {
  return clamp(rounded(value + by, Math.max(decimalsOf(value), decimalsOf(Math.abs(by)))), min, max);
}

/** Where `value` lies between the ends, 0 … 1. */
export function shareOf(value: number, min: number, max: number): number {
  return max > min ? clamp((value - min) / (max - min), 0, 1) : 0;
}
