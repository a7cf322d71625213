/** Every way a picture comes in: dropped, pasted, browsed for, named by its address. Anything odd is a `Problem`. */

import { signal } from "@preact/signals";
import { Problem } from "../api/http.ts";
import { t } from "../i18n/index.ts";

export type Source =
  | { kind: "file"; picture: Blob; name: string }
  | { kind: "stack"; file: File; name: string }
  | { kind: "address"; address: string; name: string };

export const TYPES = ["image/png", "image/jpeg", "image/webp", "image/avif", "image/gif"];

/** Endings of files that bring their layers along; browsers know no types for most of them. */
export const STACKS = [".psd", ".psb", ".ora", ".zip"];

/** Something that may be a picture is being dragged over the page. */
export const dragging = signal(false);

/** What of several files is taken; throws `Problem` where it is none that the service reads. */
export function ofFiles(files: readonly File[]): Source {
  const picture = files.find((file) => TYPES.includes(file.type) || isStack(file)) ?? files[0];
  if (picture === undefined) throw odd(t("start.nothing_in_it"));
  if (picture.size === 0) throw odd(t("start.empty_file", { name: picture.name }));
  if (isStack(picture)) return { kind: "stack", file: picture, name: bare(picture.name) };
  // A type that the system does not know may be a picture all the same: the service looks into it.
  if (picture.type !== "" && !TYPES.includes(picture.type)) {
    throw odd(t("start.wrong_type", { name: picture.name, type: picture.type }));
  }
  return { kind: "file", picture, name: bare(picture.name) };
}

/** An address that a person gave; `null` where it is none. */
export function ofAddress(text: string): Source | null {
  const address = text.trim().split(/\s/, 1)[0] ?? "";
  if (/^data:image\/[\w.+-]+;base64,/i.test(address)) return { kind: "address", address, name: "" };
  if (!/^https?:\/\/[^/]/i.test(address) || !URL.canParse(address)) return null;
  const last = new URL(address).pathname.split("/").findLast((part) => part !== "") ?? "";
  return { kind: "address", address, name: bare(decoded(last)) };
}

/** Of what was dropped or pasted. */
export function ofTransfer(transfer: DataTransfer): Source {
  const items = [...transfer.items];
  if (items.some((item) => item.kind === "file" && item.webkitGetAsEntry?.()?.isDirectory)) {
    throw odd(t("start.folder"));
  }
  if (transfer.files.length > 0) return ofFiles([...transfer.files]);
  const source = ofAddress(transfer.getData("text/uri-list")) ?? ofAddress(transfer.getData("text/plain"));
  if (source === null) throw odd(t("start.nothing_in_it"));
  return source;
}

/** Take what is dropped on the page or pasted into it, until the function that comes back is called. */
export function listen(take: (source: Source) => void, refuse: (problem: Problem) => void): () => void {
  let depth = 0;
  let ours = false; // a picture of the page itself is being dragged
  const on = new AbortController();
  const tried = (transfer: DataTransfer | null) => {
    try {
      if (transfer !== null) take(ofTransfer(transfer));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refuse(error);
    }
  };
  const over = (step: number) => {
    depth = Math.max(0, depth + step);
    dragging.value = depth > 0;
  };
  const watched = <Name extends keyof WindowEventMap>(name: Name, act: (event: WindowEventMap[Name]) => void) =>
    addEventListener(name, act, { signal: on.signal });
  const wanted = (event: DragEvent) => !ours && (event.dataTransfer?.types.some(mayBePicture) ?? false);

  watched("dragstart", () => (ours = true));
  watched("dragend", () => (ours = false));
  watched("dragenter", (event) => wanted(event) && over(1));
  watched("dragleave", (event) => wanted(event) && over(-1));
  watched("dragover", (event) => wanted(event) && event.preventDefault());
  watched("drop", (event) => {
    if (!wanted(event)) return;
    event.preventDefault();
    over(-depth);
    tried(event.dataTransfer);
  });
  watched("paste", (event) => {
    if (isField(event.target)) return;
    event.preventDefault();
    tried(event.clipboardData);
  });
  return () => {
    on.abort();
    over(-depth);
  };
}

function mayBePicture(type: string): boolean {
  return type === "Files" || type === "text/uri-list";
}

function isStack(file: File): boolean {
  return STACKS.some((ending) => file.name.toLowerCase().endsWith(ending));
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea)$/i.test(target.tagName));
}

function odd(detail: string): Problem {
  return new Problem({ code: "unsupported-image", detail }, 0);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A file's name without its ending, as a document may have it. */
function bare(name: string): string {
  return name.replace(/\.\w{1,5}$/, "").slice(0, 200);
}
