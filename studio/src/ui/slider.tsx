import { useSignal } from "@preact/signals";
import type { TargetedKeyboardEvent } from "preact";
import { useId, useRef } from "preact/hooks";
import { clamp, shareOf } from "./numbers.ts";
import { NumberInput } from "./number_field.tsx";

export interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  unit?: string | undefined;
  /** While it is dragged, or a key is held. */
  onInput: (value: number) => void;
  /** Once, when it is let go. */
  onCommit: (value: number) => void;
  /** Where the coloured part of the track begins, and what a double click on the label goes back to. */
  rest?: number | undefined;
  disabled?: boolean | undefined;
}

const KEYS = /^(Arrow|Page|Home|End)/;

/** A slider with its number beside it, which can be typed. */
export function Slider({ label, value, min, max, step, unit, onInput, onCommit, rest, disabled }: SliderProps) {
  const id = useId();
  const draft = useSignal<number | null>(null);
  const holding = useRef(false); // a key that repeats: one commit when it is let go
  const now = draft.value ?? value;
  // the coloured part, as shares of the track; one that begins at its end is drawn from beyond it, so that no stub is left
  const [from, to] = [shareOf(rest ?? clamp(0, min, max), min, max), shareOf(now, min, max)].sort((a, b) => a - b) as [number, number];

  function input(next: number): void {
    draft.value = next;
    onInput(next);
  }
  function commit(): void {
    holding.current = false;
    const next = draft.value;
    draft.value = null;
    if (next !== null) onCommit(next);
  }
  function keyDown(event: TargetedKeyboardEvent<HTMLInputElement>): void {
    if (!KEYS.test(event.key)) return;
    holding.current = true;
    event.stopPropagation(); // the arrows move this and not a layer
  }
  function reset(): void {
    if (rest === undefined || rest === value || disabled) return;
    onInput(rest);
    onCommit(rest);
  }
  return (
    <div class="ui-field ui-slider">
      <label for={id} onDblClick={reset}>{label}</label>
      <input
        id={id}
        type="range"
        {...{ min, max, step, disabled }}
        value={now}
        aria-valuetext={unit ? `${now} ${unit}` : undefined}
        style={{ "--from": from || -1, "--to": to }}
        onInput={(event) => input(event.currentTarget.valueAsNumber)}
        onChange={() => holding.current || commit()}
        onKeyDown={keyDown}
        onKeyUp={() => holding.current && commit()}
        onBlur={commit}
      />
      <NumberInput {...{ label, min, max, step, unit, disabled, onInput, onCommit }} value={now} />
    </div>
  );
}
