import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { doc } from "../state/document.ts";
import { busy } from "../state/edit.ts";
import { fit } from "../state/view.ts";
import { Compare } from "./compare.tsx";
import { attachStage } from "./stage.ts";

let fitted: string | null = null;

/** The document, as large as there is room. */
export function Canvas() {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => (container.current === null ? undefined : attachStage(container.current)), []);
  useSignalEffect(() => {
    const id = doc.value?.id ?? null;
    if (id !== null && id !== fitted) fit();
    fitted = id;
  });
  return (
    <section class="canvas" aria-label={t("canvas.label")} tabIndex={0} aria-busy={busy.value}>
      <div ref={container} class="stage" />
      <Compare />
    </section>
  );
}
