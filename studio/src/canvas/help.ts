import { signal } from "@preact/signals";

/** Whether the table of shortcuts is seen. */
export const isHelpOpen = signal(false);
