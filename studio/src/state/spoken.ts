/** What is told to those who listen and is seen anyway: an edit that was done. Said by panels/notices.tsx. */

import { signal } from "@preact/signals";

export const said = signal<{ text: string; n: number }>({ text: "", n: 0 });

export function say(text: string): void {
  said.value = { text, n: said.peek().n + 1 };
}
