import { Icon, type IconName } from "./icons.tsx";

export interface ButtonProps {
  label: string;
  onClick: () => void;
  icon?: IconName | undefined;
  kind?: "plain" | "primary" | "danger" | undefined;
  disabled?: boolean | undefined;
  /** Given, the button is a switch, and this is whether it is on. */
  pressed?: boolean | undefined;
  /** More about it, as a tooltip. */
  hint?: string | undefined;
}

export function Button({ label, onClick, icon, kind = "plain", disabled, pressed, hint }: ButtonProps) {
  return (
    <button type="button" class={`ui-button ui-${kind}`} title={hint} disabled={disabled} aria-pressed={pressed} onClick={onClick}>
      {icon && <Icon name={icon} />}
      <span>{label}</span>
    </button>
  );
}

export interface IconButtonProps {
  icon: IconName;
  /** What screen readers say, and the tooltip. */
  label: string;
  onClick: () => void;
  pressed?: boolean | undefined;
  disabled?: boolean | undefined;
  /** Stands after the label in the tooltip, as the keys do that do the same. */
  hint?: string | undefined;
}

export function IconButton({ icon, label, onClick, pressed, disabled, hint }: IconButtonProps) {
  return (
    <button
      type="button"
      class="ui-icon-button"
      aria-label={label}
      title={hint ? `${label} (${hint})` : label}
      disabled={disabled}
      aria-pressed={pressed}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
