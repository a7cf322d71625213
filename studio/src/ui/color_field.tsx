import { useSignal } from "@preact/signals";
import type { TargetedKeyboardEvent } from "preact";
import { useId } from "preact/hooks";
import { parseHex } from "./colour.ts";

export interface ColorFieldProps {
  label: string;
  /** `#rrggbb`. */
  value: string;
  /** While a colour is being looked for in the browser's picker. */
  onInput: (value: string) => void;
  /** The picker was closed, or a colour was typed. */
  onCommit: (value: string) => void;
  disabled?: boolean | undefined;
  /** No colour is set yet; these words stand in its place. */
  unset?: string | undefined;
}

export function ColorField({ label, value, onInput, onCommit, disabled, unset }: ColorFieldProps) {
  const id = useId();
  const draft = useSignal<string | null>(null);
  const wrong = draft.value !== null && parseHex(draft.value) === null;

  function settle(): void {
    const found = draft.value === null ? null : parseHex(draft.value);
    draft.value = null;
    if (found !== null && (found !== value || unset !== undefined)) onCommit(found);
  }
  function keyDown(event: TargetedKeyboardEvent<HTMLInputElement>): void {
    if (event.isComposing) return;
    if (event.key === "Enter") settle();
    else if (event.key === "Escape" && draft.value !== null) draft.value = null;
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") event.currentTarget.select();
  }
  return (
    <div class={`ui-field ui-color${unset === undefined ? "" : " unset"}`}>
      <label for={id}>{label}</label>
      <span class="ui-box">
        <input
          id={id}
          type="color"
          value={value}
          disabled={disabled}
          onInput={(event) => onInput(event.currentTarget.value)}
          onChange={(event) => onCommit(event.currentTarget.value)}
        />
        <input
          type="text"
          aria-label={`${label} (hex)`}
          aria-invalid={wrong || undefined}
          autocomplete="off"
          spellcheck={false}
          maxLength={9}
          disabled={disabled}
          placeholder={unset}
          value={draft.value ?? (unset === undefined ? value : "")}
          onFocus={(event) => event.currentTarget.select()}
          onInput={(event) => { draft.value = event.currentTarget.value; }}
          onKeyDown={keyDown}
          onBlur={settle}
        />
      </span>
    </div>
  );
}
