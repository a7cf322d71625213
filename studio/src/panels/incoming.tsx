/** Pictures that come into the open document from elsewhere: dropped on it, or pasted. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Point } from "../geometry/matrix.ts";
import { t } from "../i18n/index.ts";
import { isField } from "../keys.ts";
import { shown } from "../state/document.ts";
import { tell, tellOffline } from "../state/notices.ts";
import { toDocument } from "../state/view.ts";

/** A file is being dragged over the editor. */
const isOver = signal(false);

/** Takes them while it is drawn, and says so while a file is over the page. */
export function Incoming() {
  useEffect(listen, []);
  return isOver.value ? <div class="incoming" aria-hidden="true"><p>{t("app.drop_picture")}</p></div> : null;
}

function listen(): () => void {
  const gone = new AbortController();
  const options = { signal: gone.signal };
  let depth = 0;
  const over = (to: number) => {
    depth = Math.max(0, to);
    isOver.value = depth > 0;
  };
  addEventListener("dragenter", (event) => holdsFiles(event) && over(depth + 1), options);
  addEventListener("dragleave", (event) => holdsFiles(event) && over(depth - 1), options);
  // In capture: whoever takes a drop for itself stops it there, and the drag is over all the same.
  addEventListener("drop", () => over(0), { ...options, capture: true });
  // Everywhere: else the browser would leave the page for the file that missed the canvas.
  addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault(), options);
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    void take([...(event.dataTransfer?.files ?? [])], pointOf(event));
  }, options);
  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || isField(event.target)) return;
    event.preventDefault();
    void take(files, null);
  }, options);
  return () => {
    gone.abort();
    over(0);
  };
}

async function take(files: readonly File[], at: Point | null): Promise<void> {
  const pictures = files.filter((file) => file.type === "" || file.type.startsWith("image/"));
  if (shown.value === null || document.querySelector("dialog[open]") !== null) return;
  if (pictures.length === 0) return tell("warning", "app.no_picture");
  try {
    const { addPictures } = await import("./layer_commands.ts");
    await addPictures(pictures, at);
  } catch {
    tellOffline();
  }
}

/** Where on the document it was let go of; `null` beside the canvas. */
function pointOf(event: DragEvent): Point | null {
  const stage = event.target instanceof Element ? event.target.closest(".canvas")?.querySelector(".stage") : null;
  if (stage == null) return null;
  const { left, top } = stage.getBoundingClientRect();
  return toDocument([event.clientX - left, event.clientY - top]);
}

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
