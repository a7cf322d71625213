import { signal } from "@preact/signals";

/** Whether the dialog is open that makes a template of the document. */
export const isSaveOpen = signal(false);
