import { signal, useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import type { TargetedKeyboardEvent } from "preact";
import { type Fonts, listFonts } from "../api/fonts.ts";
import { asProblem } from "../api/http.ts";
import type { Layer } from "../api/types.ts";
import { wordsWanted } from "../canvas/feedback.ts";
import { t } from "../i18n/index.ts";
import { apply } from "../state/edit.ts";
import { isLocked } from "../state/leaves.ts";
import { tellProblem } from "../state/notices.ts";
import { ColorField, IconButton, NumberField, Select } from "../ui/index.ts";
import { useSwatches } from "./use_swatches.ts";

const fonts = signal<Fonts | null>(null);
const ALIGNS = ["left", "center", "right"] as const;

export function isText(layer: Layer): boolean {
  return layer.kind === "text" || layer.words !== null;
}

/** The words of a text layer and how they are set; what nobody said is as the layer looks. */
export function Words({ layer }: { layer: Layer }) {
  const id = useId();
  const draft = useSignal<string | null>(null);
  useEffect(() => {
    if (fonts.value === null) listFonts().then((found) => (fonts.value = found), (error: unknown) => tellProblem(asProblem(error)));
  }, []);
  const field = useRef<HTMLTextAreaElement>(null);
  const isWanted = wordsWanted.value === layer.index;
  useEffect(() => {
    if (!isWanted) return;
    wordsWanted.value = null;
    field.current?.focus();
    field.current?.select();
  }, [isWanted]);
  const { words } = layer;
  const [commonest] = useSwatches(layer);
  const value = layer.text ?? "";
  const disabled = isLocked.value;
  const set = (part: Record<string, unknown>) => void apply([{ op: "text", layer: layer.index, ...part }]);

  function settle(): void {
    const next = draft.value;
    draft.value = null;
    if (next !== null && next !== value && next.trim() !== "") set({ value: next });
  }
  function keyDown(event: TargetedKeyboardEvent<HTMLTextAreaElement>): void {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) settle();
    else if (event.key === "Escape") draft.value = null;
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <div class="words">
      <label for={id} class="words-label">{t("properties.text")}</label>
      <textarea ref={field} id={id} class="ui-input" rows={Math.min(6, Math.max(2, (draft.value ?? value).split("\n").length))} value={draft.value ?? value} disabled={disabled} maxLength={10_000} title={t("properties.text_hint")}
        onInput={(event) => (draft.value = event.currentTarget.value)} onKeyDown={keyDown} onBlur={settle} />
      <Select label={t("properties.font")} value={words?.font ?? ""} options={fontsFor(words?.font ?? null)} disabled={disabled} onChange={(font) => font !== "" && set({ font })} />
      <NumberField label={t("properties.size")} value={Math.round(words?.size ?? guessedSize(layer))} min={1} max={10_000} unit="px" disabled={disabled} onCommit={(size) => set({ size })} />
      <ColorField label={t("properties.colour")} value={words?.color?.slice(0, 7) ?? commonest ?? "#000000"} disabled={disabled} onInput={() => undefined} onCommit={(color) => set({ color })} />
      <div class="ui-field">
        <span class="words-label">{t("properties.align")}</span>
        <div class="words-aligns" role="group" aria-label={t("properties.align")}>
          {ALIGNS.map((align) => (
            <IconButton key={align} icon={`text_${align}`} label={t(`properties.text_${align}`)} pressed={words?.align === align} disabled={disabled} onClick={() => set({ align })} />
          ))}
        </div>
      </div>
    </div>
  );
}

/** The one that is set, though it may be called otherwise here; then what stands for the nearest; then all. */
function fontsFor(now: string | null): [string, string][] {
  const known = [...(fonts.value?.generic ?? []), ...(fonts.value?.fonts ?? []).map((font) => font.name)];
  const listed = now === null ? [] : known.includes(now) ? [] : [now];
  const first: [string, string][] = now === null ? [["", t("properties.font_as_is")]] : [];
  return [...first, ...[...listed, ...known].map((name) => [name, name] as [string, string])];
}

/** From the box and how many letters are in it, taken to be half as wide as high; which line ends where nobody told. */
function guessedSize({ bbox: [, , width, height], text }: Layer): number {
  const words = text ?? "";
  const lines = Math.round(Math.sqrt((height * words.length) / (2 * Math.max(1, width))));
  return height / Math.max(1, words.split("\n").length, lines);
}
