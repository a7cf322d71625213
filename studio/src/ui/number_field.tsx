import type { TargetedFocusEvent, TargetedKeyboardEvent, TargetedPointerEvent } from "preact";
import { useId, useRef } from "preact/hooks";
import { BIG_STEP, clamp, decimalsOf, rounded } from "./numbers.ts";
import { useNumber, type NumberProps, type NumberState } from "./use_number.ts";

export interface NumberFieldProps extends NumberProps {
  /** The whole name where the label is short, as "Width" of "W"; a tooltip. */
  hint?: string | undefined;
}

const SHORT = /^(.|[ -~]{2})$/u; // such a label has room inside the box: "X", "宽"

/** A number with its label. Dragging the label sideways changes it, as in Photoshop. */
export function NumberField(props: NumberFieldProps) {
  const id = useId();
  const number = useNumber(props);
  const scrub = useScrub(props, number);
  const within = SHORT.test(props.label) ? " ui-within" : "";
  return (
    <div class={`ui-field ui-number${within}`} title={props.hint}>
      <label for={id} {...(props.disabled ? {} : scrub)}>{props.label}</label>
      <NumberBox id={id} props={props} number={number} />
    </div>
  );
}

/** The field alone, for controls that have a label of their own. */
export function NumberInput(props: NumberProps) {
  return <NumberBox props={props} number={useNumber(props)} name={props.label} />;
}

interface BoxProps {
  props: NumberProps;
  number: NumberState;
  id?: string;
  name?: string;
}

function NumberBox({ props: { value, min, max, step = 1, unit, disabled }, number, id, name }: BoxProps) {
  function keyDown(event: TargetedKeyboardEvent<HTMLInputElement>): void {
    const far = event.shiftKey || event.key.startsWith("Page") ? BIG_STEP * step : step;
    if (event.isComposing) return;
    if (event.key === "ArrowUp" || event.key === "PageUp") number.nudge(far);
    else if (event.key === "ArrowDown" || event.key === "PageDown") number.nudge(-far);
    else if (event.key === "Enter") number.commit();
    else if (event.key === "Escape" && number.typing) number.revert();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") event.currentTarget.select();
  }
  function keyUp(event: TargetedKeyboardEvent<HTMLInputElement>): void {
    if (/^(Arrow|Page)(Up|Down)$/.test(event.key)) number.commit();
  }
  return (
    <span class="ui-box">
      <input
        id={id}
        type="text"
        role="spinbutton"
        inputMode={min !== undefined && min >= 0 ? "decimal" : "text"}
        autocomplete="off"
        spellcheck={false}
        aria-label={name}
        aria-valuemin={min}
        aria-valuemax={max}
        aria-valuenow={value}
        aria-valuetext={`${number.text}${unit ? ` ${unit}` : ""}`}
        aria-invalid={number.wrong || undefined}
        disabled={disabled}
        value={number.text}
        onFocus={(event: TargetedFocusEvent<HTMLInputElement>) => event.currentTarget.select()}
        onInput={(event) => number.write(event.currentTarget.value)}
        onKeyDown={keyDown}
        onKeyUp={keyUp}
        onBlur={number.commit}
      />
      {unit && <span class="ui-unit" aria-hidden="true">{unit}</span>}
    </span>
  );
}

const DRAG_STARTS = 3; // pixels; less is a click, which goes to the field

/** Pointer handlers for a label: each pixel sideways is a step, with Shift ten. */
function useScrub({ value, min, max, step = 1 }: NumberProps, number: NumberState) {
  const drag = useRef<{ at: number; value: number; moved: boolean } | null>(null);
  return {
    onPointerDown(event: TargetedPointerEvent<HTMLElement>): void {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { at: event.clientX, value, moved: false };
    },
    onPointerMove(event: TargetedPointerEvent<HTMLElement>): void {
      const begun = drag.current;
      if (begun === null || (!begun.moved && Math.abs(event.clientX - begun.at) < DRAG_STARTS)) return;
      begun.moved = true;
      const far = (event.clientX - begun.at) * step * (event.shiftKey ? BIG_STEP : 1);
      number.tryOut(clamp(rounded(begun.value + far, Math.max(decimalsOf(step), decimalsOf(begun.value))), min, max));
    },
    onPointerUp(): void {
      if (drag.current?.moved) number.commit();
    },
    onPointerCancel(): void {
      drag.current = null;
      number.revert();
    },
    onClick(event: MouseEvent): void {
      if (drag.current?.moved) event.preventDefault(); // a drag does not put the caret into the field
      drag.current = null;
    },
  };
}
