import type { ComponentChildren } from "preact";
import { Icon } from "./icons.tsx";

export interface DisclosureProps {
  label: string;
  /** Whether it is open to begin with. */
  open?: boolean | undefined;
  children: ComponentChildren;
}

export function Disclosure({ label, open = false, children }: DisclosureProps) {
  return (
    <details class="ui-disclosure" open={open}>
      <summary><Icon name="chevron_right" />{label}</summary>
      <div class="ui-disclosure-body">{children}</div>
    </details>
  );
}
