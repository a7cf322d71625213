/** Drawn by us on a grid of 16, in the colour of the text around. */

import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      {children}
    </svg>
  );
}

export const EyeIcon = () => <Icon><path d="M1.500 8s2.500-4.500 6.500-4.500S14.500 8 14.500 8 12 12.500 8 12.500 1.500 8 1.500 8z" /><circle cx="8" cy="8" r="2" /></Icon>;
export const EyeOffIcon = () => <Icon><path d="M1.500 8s2.500 4.500 6.500 4.500S14.500 8 14.500 8M4 11.500 3 13m5-.5V14m4-2.500 1 1.500" /></Icon>;
export const UndoIcon = () => <Icon><path d="M6 3 2.500 6.500 6 10M3 6.500h6.500a3.500 3.500 0 0 1 0 7H6" /></Icon>;
export const RedoIcon = () => <Icon><path d="m10 3 3.500 3.500L10 10m3-3.500H6.500a3.500 3.500 0 0 0 0 7H10" /></Icon>;
export const HomeIcon = () => <Icon><path d="M8 1.500 14.500 5 8 8.500 1.500 5zM1.500 8 8 11.500 14.500 8M1.500 11 8 14.500 14.500 11" /></Icon>;
