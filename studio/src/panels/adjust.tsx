import { batch } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Layer, Operation } from "../api/types.ts";
import { giveUp, type Look, settle, tryOut } from "../canvas/live_colours.ts";
import { t } from "../i18n/index.ts";
import { type Adjusted, adjustedIn, adjustOperation, readjusted, UNADJUSTED } from "../state/colour_steps.ts";
import { apply } from "../state/edit.ts";
import { isLocked, selectedLeaves } from "../state/leaves.ts";
import { Slider } from "../ui/index.ts";

const FACTORS = ["brightness", "contrast", "saturation"] as const;
const MOST_BLUR = 50; // pixels; more can be typed into an operation

/** Sliders that stand where the layer is: at rest, it looks as it was stored. */
export function Adjust() {
  const leaves = selectedLeaves.value;
  useEffect(() => giveUp, []);
  const now = adjustedIn(leaves[0]?.colors ?? [], leaves[0]?.blur ?? null);
  const disabled = isLocked.value;
  const changed = leaves.some((leaf) => JSON.stringify(adjustedOf(leaf)) !== JSON.stringify(UNADJUSTED));

  const show = (part: Partial<Adjusted>) => tryOut(leaves.map((leaf) => lookOf(leaf, { ...adjustedOf(leaf), ...part })));
  function commit(part: Partial<Adjusted>): void {
    const wanted = leaves.map((leaf) => ({ leaf, to: { ...adjustedOf(leaf), ...part } }));
    const operations = wanted.map(({ leaf, to }) => ({ ...adjustOperation(to), layer: leaf.index }) as Operation);
    batch(() => void apply(operations, settle(wanted.map(({ leaf, to }) => lookOf(leaf, to)))));
  }
  return (
    <div class="adjust">
      {FACTORS.map((key) => (
        <Slider key={key} label={t(`properties.${key}`)} value={Math.round(now[key] * 100)} min={0} max={200} step={1} unit="%" rest={100} disabled={disabled}
          onInput={(value) => show({ [key]: value / 100 })} onCommit={(value) => commit({ [key]: value / 100 })} />
      ))}
      <Slider label={t("properties.hue")} value={Math.round(now.hue)} min={-180} max={180} step={1} unit="°" rest={0} disabled={disabled}
        onInput={(hue) => show({ hue })} onCommit={(hue) => commit({ hue })} />
      <Slider label={t("properties.blur")} value={Math.round(now.blur * 10) / 10} min={0} max={MOST_BLUR} step={0.5} unit="px" rest={0} disabled={disabled}
        onInput={(blur) => show({ blur })} onCommit={(blur) => commit({ blur })} />
      {changed && (
        <div class="row-end">
          <button type="button" class="text-button" disabled={disabled} onClick={() => commit(UNADJUSTED)}>{t("properties.reset")}</button>
        </div>
      )}
    </div>
  );
}

function adjustedOf(layer: Layer): Adjusted {
  return adjustedIn(layer.colors, layer.blur);
}

/** From what it looks like now, by how much more or less. */
function lookOf(layer: Layer, to: Adjusted): Look {
  const now = adjustedOf(layer);
  const more = { ...UNADJUSTED, hue: to.hue - now.hue };
  for (const key of FACTORS) more[key] = now[key] === 0 ? 1 : to[key] / now[key];
  return {
    layer,
    steps: readjusted(layer.colors, to),
    blur: to.blur,
    further: readjusted([], more),
    furtherBlur: Math.sqrt(Math.max(0, to.blur ** 2 - now.blur ** 2)),
  };
}
