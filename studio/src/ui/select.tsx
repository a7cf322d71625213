import { useId } from "preact/hooks";
import { Icon } from "./icons.tsx";

export interface SelectProps {
  label: string;
  value: string;
  /** Pairs of what is chosen and what is read. */
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string) => void;
  disabled?: boolean | undefined;
}

export function Select({ label, value, options, onChange, disabled }: SelectProps) {
  const id = useId();
  return (
    <div class="ui-field ui-select">
      <label for={id}>{label}</label>
      <span class="ui-box">
        <select id={id} value={value} disabled={disabled} onChange={(event) => onChange(event.currentTarget.value)}>
          {options.map(([one, name]) => <option key={one} value={one}>{name}</option>)}
        </select>
        <Icon name="chevron_down" />
      </span>
    </div>
  );
}
