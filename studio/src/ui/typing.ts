/** When what is typed into a number field becomes its value. */

import { evaluate } from "./arithmetic.ts";
import { clamp, rounded } from "./numbers.ts";

/** What is being typed, and the value as it was before: the value itself may have followed what was tried out. */
export interface Draft {
  text: string;
  before: number;
}

export interface Rules {
  unit: string;
  min?: number | undefined;
  max?: number | undefined;
  /** Decimals that are kept. */
  decimals: number;
}

/** What the parent is told: a settled value, a way back of what was only tried out, or nothing. */
export type Outcome = { commit: number } | { input: number } | null;

/** Of typing that ended with Enter or by leaving the field; `value` is what the parent has now. */
export function settled(draft: Draft, value: number, { unit, min, max, decimals }: Rules): Outcome {
  const found = evaluate(draft.text, unit);
  if (found === null) return reverted(draft, value);
  const next = rounded(clamp(found, min, max), decimals);
  // compared as it is kept: a field that shows 33.33 of 33.333… and was only passed through changes nothing
  return next === rounded(draft.before, decimals) ? reverted(draft, value) : { commit: next };
}

/** Of typing that was given up. */
export function reverted(draft: Draft, value: number): Outcome {
  return value === draft.before ? null : { input: draft.before };
}
