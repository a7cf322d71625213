import type { ComponentChildren } from "preact";

export interface CheckerboardProps {
  class?: string | undefined;
  children?: ComponentChildren;
}

/** The ground that shows where a picture is transparent. */
export function Checkerboard({ class: name = "", children }: CheckerboardProps) {
  return <div class={`ui-checkerboard ${name}`}>{children}</div>;
}
