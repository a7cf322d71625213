/** What a number field knows: the text being typed, and when it becomes the value. */

import { useSignal } from "@preact/signals";
import { evaluate } from "./arithmetic.ts";
import { decimalsOf, shown, stepped } from "./numbers.ts";
import { type Draft, type Outcome, reverted, settled } from "./typing.ts";

export interface NumberProps {
  label: string;
  value: number;
  /** The value is settled: Enter, leaving the field, letting go of an arrow key or of the label. */
  onCommit: (value: number) => void;
  /** The value changes under the hand: while an arrow key is held or the label is dragged. */
  onInput?: ((value: number) => void) | undefined;
  min?: number | undefined;
  max?: number | undefined;
  step?: number | undefined;
  unit?: string | undefined;
  /** Decimals that are kept of what is typed: those of the step, two at the least; 0 for whole numbers. */
  precision?: number | undefined;
  disabled?: boolean | undefined;
}

export function useNumber({ value, onCommit, onInput, min, max, step = 1, unit = "", precision }: NumberProps) {
  const draft = useSignal<Draft | null>(null);
  const rules = { unit, min, max, decimals: precision ?? Math.max(2, decimalsOf(step)) };
  const text = draft.value?.text ?? shown(value, step);

  function write(next: string): void {
    draft.value = { text: next, before: draft.value?.before ?? value };
  }
  function tryOut(next: number): void {
    write(shown(next, step));
    onInput?.(next);
  }
  function end(outcome: (draft: Draft) => Outcome): void {
    if (draft.value === null) return;
    const found = outcome(draft.value);
    draft.value = null;
    if (found === null) return;
    if ("commit" in found) onCommit(found.commit);
    else onInput?.(found.input);
  }
  return {
    /** What the field shows. */
    text,
    typing: draft.value !== null,
    wrong: evaluate(text, unit) === null,
    write,
    tryOut,
    /** One press of an arrow, `by` units. */
    nudge: (by: number) => tryOut(stepped((draft.value && evaluate(draft.value.text, unit)) ?? value, by, min, max)),
    commit: () => end((typed) => settled(typed, value, rules)),
    revert: () => end((typed) => reverted(typed, value)),
  };
}

export type NumberState = ReturnType<typeof useNumber>;
