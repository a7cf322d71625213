import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { isHelpOpen } from "./help.ts";
import { Help } from "./help.tsx";
import { t } from "../i18n/index.ts";
import { doc } from "../state/document.ts";
import { compare, fit, isExact, zoom, zoomTo } from "../state/view.ts";
import { IconButton } from "../ui/index.ts";
import { Compare } from "./compare.tsx";
import { tool } from "./feedback.ts";
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
    <section class="canvas" aria-label={t("canvas.label")} tabIndex={0}>
      <div ref={container} class="stage" />
      <Compare />
      <p class={`badge ${exactness}`} role="status" title={t(`canvas.${exactness}_hint`)}>
        {t(`canvas.${exactness}`)}
      </p>
      <ViewControls />
      {isHelpOpen.value && <Help />}
    </section>
  );
}

/** For those who know no keys, and for fingers. */
function ViewControls() {
  const percent = Math.round(zoom.value * 100);
  const isSplit = compare.value === "split";
  return (
    <div class="view" role="group" aria-label={t("canvas.view")}>
      <IconButton icon="move" label={`${t("keys.moveTool")} (V)`} pressed={tool.value === "move"} onClick={() => (tool.value = "move")} />
      <IconButton icon="hand" label={`${t("keys.handTool")} (H)`} pressed={tool.value === "hand"} onClick={() => (tool.value = "hand")} />
      <IconButton icon="compare" label={t("canvas.compare")} pressed={isSplit} onClick={() => (compare.value = isSplit ? "off" : "split")} />
      <IconButton icon="minus" label={t("canvas.zoomOut")} onClick={() => zoomTo(zoom.value / 1.25)} />
      <button type="button" class="zoom" title={`${t("canvas.actual")} (Ctrl+1)`} aria-label={t("canvas.zoom", { percent })} onClick={() => zoomTo(1)}>
        {percent} %
      </button>
      <IconButton icon="plus" label={t("canvas.zoomIn")} onClick={() => zoomTo(zoom.value * 1.25)} />
      <IconButton icon="fit" label={`${t("canvas.fit")} (Ctrl+0)`} onClick={fit} />
      <IconButton icon="help" label={`${t("app.shortcuts")} (?)`} onClick={() => (isHelpOpen.value = true)} />
    </div>
  );
}
