/** Before and after: the picture that was taken apart, left of a line that can be pulled. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { picture, pin, unpin } from "../api/pictures.ts";
import { asProblem } from "../api/http.ts";
import { mapped } from "../geometry/matrix.ts";
import { t } from "../i18n/index.ts";
import { doc, shown } from "../state/document.ts";
import { tellProblem } from "../state/notices.ts";
import { compare, toDocument, toStage } from "../state/view.ts";

/** Where the line is: 0 at the document's left edge, 1 at its right one. */
export const split = signal(0.5);

/** The picture that the document was made of, once it is asked for and there. */
export const original = signal<ImageBitmap | null>(null);

const STEPS: Record<string, number> = {
  ArrowLeft: -0.01, ArrowDown: -0.01, PageDown: -0.1, ArrowRight: 0.01, ArrowUp: 0.01, PageUp: 0.1, Home: -1, End: 1,
};

/** The line and what loads its picture; nothing while nothing is compared. */
export function Compare() {
  const url = doc.value?.urls.source ?? null;
  const isOn = compare.value !== "off";
  useEffect(() => (isOn && url !== null ? shownFrom(url) : undefined), [isOn, url]);
  return compare.value === "split" && shown.value !== null ? <Line /> : null;
}

function Line() {
  const handle = useRef<HTMLDivElement>(null);
  useEffect(() => handle.current?.focus({ preventScroll: true }), []);
  const width = shown.value?.width ?? 0;
  const [x] = mapped([split.value * width, 0], toStage.value);
  const pull = (event: PointerEvent) => {
    const stage = handle.current?.parentElement?.getBoundingClientRect();
    if (stage !== undefined) to(toDocument([event.clientX - stage.left, 0])[0] / width);
  };
  return (
    <div
      ref={handle}
      class="split"
      role="slider"
      tabIndex={0}
      aria-label={t("canvas.split")}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(split.value * 100)}
      aria-valuetext={t("canvas.split_value", { percent: Math.round(split.value * 100) })}
      style={{ transform: `translateX(${Math.round(x)}px)` }}
      onKeyDown={(event) => {
        const step = STEPS[event.key];
        if (event.key === "Escape") compare.value = "off";
        else if (step !== undefined) to(split.value + step);
        else return;
        event.preventDefault();
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && pull(event)}
    />
  );
}

function to(share: number): void {
  split.value = Math.min(1, Math.max(0, share));
}

function shownFrom(url: string): () => void {
  let isGone = false;
  pin(url);
  picture(url).then(
    (bitmap) => {
      if (!isGone) original.value = bitmap;
    },
    (error: unknown) => {
      tellProblem(asProblem(error));
      compare.value = "off";
    },
  );
  return () => {
    isGone = true;
    original.value = null;
    unpin(url);
  };
}
