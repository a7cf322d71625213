/** What a number field knows: the text being typed, and when it becomes the value. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { evaluate } from "./arithmetic.ts";
import { clamp, decimalsOf, rounded, shown, stepped } from "./numbers.ts";

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
  const draft = useSignal<string | null>(null);
  const before = useRef(value); // as it was when the typing began: `value` itself may follow onInput
  const decimals = precision ?? Math.max(2, decimalsOf(step));

  function write(text: string): void {
    if (draft.value === null) before.current = value;
    draft.value = text;
  }
  function tryOut(next: number): void {
    write(shown(next, step));
    onInput?.(next);
  }
  function revert(): void {
    if (draft.value === null) return;
    draft.value = null;
    if (value !== before.current) onInput?.(before.current);
  }
  return {
    /** What the field shows. */
    text: draft.value ?? shown(value, step),
    typing: draft.value !== null,
    wrong: draft.value !== null && evaluate(draft.value, unit) === null,
    write,
    tryOut,
    revert,
    /** One press of an arrow, `by` units. */
    nudge(by: number): void {
      const from = draft.value === null ? value : (evaluate(draft.value, unit) ?? value);
      tryOut(stepped(from, by, min, max));
    },
    /** Settles what was typed; what is no number is forgotten. */
    commit(): void {
      if (draft.value === null) return;
      const found = evaluate(draft.value, unit);
      if (found === null) return revert();
      draft.value = null;
      const next = rounded(clamp(found, min, max), decimals);
      if (next !== rounded(before.current, decimals)) onCommit(next);
      else if (value !== before.current) onInput?.(before.current);
    },
  };
}

export type NumberState = ReturnType<typeof useNumber>;
