import { signal, useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { rename } from "../api/documents.ts";
import { asProblem } from "../api/http.ts";
import type { Document } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { doc, shown } from "../state/document.ts";
import { apply } from "../state/edit.ts";
import { tellProblem } from "../state/notices.ts";
import { Button, NumberField } from "../ui/index.ts";

const ANCHORS = [
  "top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right",
] as const;

const anchor = signal<(typeof ANCHORS)[number]>("center");

/** Of the document itself: what it is called, and how large its canvas is. */
export function CanvasSize() {
  const document = shown.value;
  if (document === null) return null;
  const { width, height } = document;
  const resize = (part: { width?: number; height?: number }) => void apply([{ op: "canvas", anchor: anchor.value, ...part }]);
  const around = contentBox(document);
  return (
    <div class="canvas-size">
      <Name document={document} />
      <div class="place-grid">
        <NumberField label="W" hint={t("properties.canvas_width")} value={width} min={1} max={16_384} unit="px" onCommit={(to) => to !== width && resize({ width: Math.round(to) })} />
        <NumberField label="H" hint={t("properties.canvas_height")} value={height} min={1} max={16_384} unit="px" onCommit={(to) => to !== height && resize({ height: Math.round(to) })} />
      </div>
      <div class="ui-field">
        <span class="words-label">{t("properties.anchor")}</span>
        <div class="anchors" role="radiogroup" aria-label={t("properties.anchor")}>
          {ANCHORS.map((one) => (
            <button key={one} type="button" role="radio" aria-checked={anchor.value === one} aria-label={t(`properties.anchor_${one.replace("-", "_") as "center"}`)} title={t(`properties.anchor_${one.replace("-", "_") as "center"}`)} onClick={() => (anchor.value = one)} />
          ))}
        </div>
      </div>
      {around !== null && <Button label={t("properties.trim_canvas")} hint={t("properties.trim_canvas_hint")} onClick={() => void apply([{ op: "canvas", box: around }])} />}
    </div>
  );
}

function Name({ document }: { document: Document }) {
  const id = useId();
  const draft = useSignal<string | null>(null);
  async function settle(): Promise<void> {
    const next = draft.value?.trim() ?? null;
    draft.value = null;
    if (next === null || next === (document.name ?? "")) return;
    try {
      const renamed = await rename(document, next === "" ? null : next);
      if (doc.value?.id === renamed.id) doc.value = { ...doc.value, name: renamed.name };
    } catch (error) {
      tellProblem(asProblem(error));
    }
  }
  return (
    <div class="ui-field">
      <label for={id}>{t("properties.name")}</label>
      <input id={id} class="ui-input" type="text" maxLength={200} autocomplete="off" spellcheck={false} value={draft.value ?? document.name ?? ""} placeholder={t("properties.unnamed")}
        onInput={(event) => (draft.value = event.currentTarget.value)} onBlur={() => void settle()}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.isComposing) event.currentTarget.blur();
          if (event.key === "Escape") draft.value = null;
        }} />
    </div>
  );
}

/** Around all that can be seen, if that is another box than the canvas. */
function contentBox({ layers, width, height }: Document): { x: number; y: number; width: number; height: number } | null {
  const seen = layers.filter((layer) => layer.visible && !layer.deleted && layer.kind !== "group" && layer.bbox[2] > 0 && layer.bbox[3] > 0);
  if (seen.length === 0) return null;
  const left = Math.min(...seen.map(({ bbox }) => bbox[0]));
  const top = Math.min(...seen.map(({ bbox }) => bbox[1]));
  const right = Math.max(...seen.map(({ bbox }) => bbox[0] + bbox[2]));
  const bottom = Math.max(...seen.map(({ bbox }) => bbox[1] + bbox[3]));
  const same = left === 0 && top === 0 && right === width && bottom === height;
  return same ? null : { x: left, y: top, width: right - left, height: bottom - top };
}
