import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { doc } from "../state/document.ts";
import { fit, isExact, zoom } from "../state/view.ts";
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
  const exactness = isExact.value ? "exact" : "preview";
  return (
    <section class="canvas" aria-label={t("canvas.label")}>
      <div ref={container} class="stage" />
      <p class={`badge ${exactness}`} role="status" title={t(`canvas.${exactness}_hint`)}>
        {t(`canvas.${exactness}`)}
      </p>
      <p class="zoom" title={t("canvas.zoom", { percent: Math.round(zoom.value * 100) })}>{Math.round(zoom.value * 100)} %</p>
    </section>
  );
}
