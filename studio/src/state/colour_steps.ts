/** A layer's colours as steps, and what one more edit makes of them; as model/edits/paint.py folds them. Pure. */

import type { ColourStep, Recolor } from "../api/types.ts";

/** What the sliders show: factors, degrees, and a standard deviation in pixels of the canvas. */
export interface Adjusted {
  brightness: number;
  contrast: number;
  saturation: number;
  hue: number;
  blur: number;
}

export const UNADJUSTED: Adjusted = { brightness: 1, contrast: 1, saturation: 1, hue: 0, blur: 0 };

const FACTORS = ["brightness", "contrast", "saturation"] as const;

/** One more recolouring: at full strength it takes the place of those like it right before it. */
export function recolouredBy(steps: readonly ColourStep[], step: Recolor): ColourStep[] {
  if (step.strength === 0) return [...steps];
  const kept = [...steps];
  if ((step.strength ?? 1) === 1 && step.mode !== "matrix") {
    for (let last = kept.at(-1); last !== undefined && isLike(last, step); last = kept.at(-1)) kept.pop();
  }
  return [...kept, step];
}

function isLike(one: ColourStep, other: Recolor): boolean {
  if (one.op !== "recolor" || one.mode !== other.mode) return false;
  return one.mode !== "replace" || (other.mode === "replace" && one.from === other.from);
}

/** All that was adjusted, put together. */
export function adjustedIn(steps: readonly ColourStep[], blur: number | null): Adjusted {
  const found = { ...UNADJUSTED, blur: blur ?? 0 };
  for (const step of steps) {
    if (step.op !== "adjust") continue;
    for (const key of FACTORS) found[key] *= step[key] ?? 1;
    found.hue += step.hue ?? 0;
  }
  const hue = ((found.hue % 360) + 360) % 360;
  return { ...found, hue: hue > 180 ? hue - 360 : hue };
}

/** The steps after all of them were forgotten and these made instead. */
export function readjusted(steps: readonly ColourStep[], to: Adjusted): ColourStep[] {
  return [...steps.filter((step) => step.op !== "adjust"), ...adjustments(to)];
}

function adjustments(to: Adjusted): ColourStep[] {
  const steps: ColourStep[] = FACTORS.filter((key) => to[key] !== 1).map((key) => ({ op: "adjust", [key]: to[key] }));
  return to.hue === 0 ? steps : [...steps, { op: "adjust", hue: to.hue }];
}

/** The parameters of the one `adjust` that leaves this and nothing else. */
export function adjustOperation(to: Adjusted): Record<string, unknown> {
  const changed = Object.entries(to).filter(([key, value]) => value !== UNADJUSTED[key as keyof Adjusted]);
  return { op: "adjust", reset: true, ...Object.fromEntries(changed) };
}

/** The recolourings among the steps, in their order. */
export function recolouringsIn(steps: readonly ColourStep[]): Recolor[] {
  return steps.filter((step): step is Recolor => step.op === "recolor");
}

/** The steps with their recolouring of this number made another or, with `null`, taken away; one more at the end. */
export function withRecolouring(steps: readonly ColourStep[], at: number, to: Recolor | null): ColourStep[] {
  const place = steps.indexOf(recolouringsIn(steps)[at] as ColourStep);
  if (place < 0) return to === null ? [...steps] : [...steps, to];
  return [...steps.slice(0, place), ...(to === null ? [] : [to]), ...steps.slice(place + 1)];
}

/**
 * What to ask of the server, layer left out, for one list of steps to become another: the one recolouring at the end
 * where that is all, or else all of them anew.
 */
export function recolourOperations(before: readonly ColourStep[], after: readonly ColourStep[], blur: number | null): Asked[] {
  if (isSame(before, after)) return [];
  const last = after.at(-1);
  if (last?.op === "recolor" && isSame(recolouredBy(before, last), after)) return [asked(last)];
  const adjusted = (steps: readonly ColourStep[]) => steps.filter((step) => step.op === "adjust");
  const recoloured = recolouringsIn(after);
  const adjustmentsFirst = after.slice(0, adjusted(after).length);
  if (isSame(adjusted(before), adjusted(after)) && isSame(adjusted(after), adjustmentsFirst)) return anew(recoloured);
  const reset: Asked[] = [{ op: "adjust", reset: true, ...(blur === null ? {} : { blur }) }, { op: "recolor", reset: true }];
  return [...reset, ...after.map(asked)];
}

/** An operation without its layer. */
export type Asked = { op: string; [parameter: string]: unknown };

function anew(recoloured: readonly Recolor[]): Asked[] {
  const [first, ...others] = recoloured;
  return first === undefined ? [{ op: "recolor", reset: true }] : [{ ...asked(first), reset: true }, ...others.map(asked)];
}

function asked(step: ColourStep): Asked {
  return { ...step };
}

function isSame(one: readonly ColourStep[], other: readonly ColourStep[]): boolean {
  return JSON.stringify(one.map(sorted)) === JSON.stringify(other.map(sorted));
}

function sorted(step: ColourStep): [string, unknown][] {
  const entries: [string, unknown][] = Object.entries(step);
  return entries.filter(([key, value]) => key !== "strength" || value !== 1).sort(([a], [b]) => (a < b ? -1 : 1));
}
