import { signal } from "@preact/signals";

/** The layer that is about to be split further. */
export const splitting = signal<number | null>(null);
