import { batch, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Layer, Operation, Recolor } from "../api/types.ts";
import { giveUp, type Look, settle, tryOut } from "../canvas/live_colours.ts";
import { t } from "../i18n/index.ts";
import { apply } from "../state/edit.ts";
import { recolouredBy, recolouringsIn, recolourOperations, withRecolouring } from "../state/colour_steps.ts";
import { isLocked, selectedLeaves } from "../state/leaves.ts";
import { ColorField, IconButton, Select, Slider } from "../ui/index.ts";
import { useSwatches } from "./use_swatches.ts";

type Mode = Exclude<Recolor["mode"], "matrix">;

const MODES: readonly Mode[] = ["hue", "tint", "replace", "duotone"];

/** One recolouring of the selected layers at a time; a layer may have several. */
export function Colours() {
  const leaves = selectedLeaves.value;
  const found = useSwatches(leaves[0]);
  const at = useSignal<number | null>(null);
  const draft = useSignal<Recolor | null>(null);
  useEffect(() => giveUp, []);
  const steps = recolouringsIn(leaves[0]?.colors ?? []);
  const place = Math.min(at.value ?? Math.max(0, steps.length - 1), steps.length);
  const there = steps[place];
  const step = draft.value ?? there ?? fresh("hue", found[0]);
  const disabled = isLocked.value;

  function show(next: Recolor): void {
    draft.value = next;
    tryOut(leaves.map((leaf) => lookOf(leaf, place, next)));
  }
  function commit(next: Recolor | null): void {
    const looks = leaves.map((leaf) => lookOf(leaf, place, next));
    draft.value = null;
    at.value = next === null ? null : place;
    batch(() => void apply(operationsOf(looks), settle(looks)));
  }
  /** A way that needs another colour first waits for it. */
  function choose(mode: string): void {
    const next = converted(step, mode as Mode, found);
    if (there === undefined) draft.value = next;
    else commit(next);
  }
  return (
    <div class="colours">
      {steps.length > 0 && <Steps steps={steps} place={place} disabled={disabled} onPick={(to) => { giveUp(); draft.value = null; at.value = to; }} />}
      <Select label={t("properties.mode")} value={step.mode} disabled={disabled} options={modesFor(step)} onChange={choose} />
      <Fields {...{ step, found, disabled }} onInput={show} onCommit={commit} />
      {step.mode !== "matrix" && <Swatches found={found} disabled={disabled} label={t("properties.in_layer")}
        onPick={(colour) => (step.mode === "replace" ? (draft.value = { ...step, from: colour }) : commit(withColour(step, colour)))} />}
      <Slider label={t("properties.strength")} value={percent(step.strength ?? 1)} min={0} max={100} step={1} unit="%" rest={100} disabled={disabled || (there === undefined && draft.value === null)}
        onInput={(value) => show({ ...step, strength: value / 100 })} onCommit={(value) => commit({ ...step, strength: value / 100 })} />
      {there !== undefined && (
        <div class="row-end">
          <button type="button" class="text-button" disabled={disabled} onClick={() => commit(null)}>{t("properties.remove_colour")}</button>
        </div>
      )}
    </div>
  );
}

/** The recolourings that there are, the one that is edited marked; and one more. */
function Steps({ steps, place, disabled, onPick }: { steps: Recolor[]; place: number; disabled: boolean; onPick: (at: number) => void }) {
  return (
    <div class="steps" role="group" aria-label={t("properties.recolourings")}>
      {steps.map((step, at) => (
        <button key={at} type="button" class="step" aria-pressed={at === place} title={t(`properties.mode_${step.mode}`)} aria-label={`${at + 1}: ${t(`properties.mode_${step.mode}`)}`} onClick={() => onPick(at)}>
          <Dot colours={dotsOf(step)} />
        </button>
      ))}
      <IconButton icon="plus" label={t("properties.add_colour")} pressed={place === steps.length} disabled={disabled} onClick={() => onPick(steps.length)} />
    </div>
  );
}

interface FieldsProps {
  step: Recolor;
  found: readonly string[];
  disabled: boolean;
  onInput: (step: Recolor) => void;
  onCommit: (step: Recolor) => void;
}

function Fields({ step, disabled, onInput, onCommit }: FieldsProps) {
  const field = (label: string, value: string, change: (colour: string) => Recolor) => (
    <ColorField label={label} value={value} disabled={disabled} onInput={(to) => onInput(change(to))} onCommit={(to) => onCommit(change(to))} />
  );
  switch (step.mode) {
    case "matrix":
      return <p class="empty">{t("properties.matrix_hint")}</p>;
    case "duotone":
      return (
        <>
          {field(t("properties.shadows"), step.colors[0], (to) => ({ ...step, colors: [to, step.colors[1]] }))}
          {field(t("properties.highlights"), step.colors[1], (to) => ({ ...step, colors: [step.colors[0], to] }))}
        </>
      );
    case "replace":
      return (
        <>
          {field(t("properties.from"), step.from, (to) => ({ ...step, from: to }))}
          {field(t("properties.to"), step.color, (to) => ({ ...step, color: to }))}
          <Slider label={t("properties.tolerance")} value={percent(step.tolerance)} min={0} max={100} step={1} unit="%" rest={20} disabled={disabled}
            onInput={(value) => onInput({ ...step, tolerance: value / 100 })} onCommit={(value) => onCommit({ ...step, tolerance: value / 100 })} />
        </>
      );
    default:
      return field(t("properties.colour"), step.color, (to) => ({ ...step, color: to }));
  }
}

function Swatches({ found, label, disabled, onPick }: { found: readonly string[]; label: string; disabled: boolean; onPick: (colour: string) => void }) {
  if (found.length === 0) return null;
  return (
    <div class="ui-field swatches">
      <span class="swatches-label">{label}</span>
      <div class="swatches-row" role="group" aria-label={label}>
        {found.map((colour) => (
          <button key={colour} type="button" class="swatch" disabled={disabled} title={colour} aria-label={colour} onClick={() => onPick(colour)}>
            <Dot colours={[colour]} />
          </button>
        ))}
      </div>
    </div>
  );
}

/** One colour, or the one on the left and the other on the right. */
function Dot({ colours }: { colours: readonly string[] }) {
  const [left = "#808080", right = left] = colours;
  return (
    <svg class="dot" viewBox="0 0 16 16" aria-hidden="true">
      <rect width="8" height="16" fill={left} />
      <rect x="8" width="8" height="16" fill={right} />
    </svg>
  );
}

function lookOf(layer: Layer, at: number, next: Recolor | null): Look {
  const isNew = at >= recolouringsIn(layer.colors).length;
  const steps = next === null ? withRecolouring(layer.colors, at, null) : isNew ? recolouredBy(layer.colors, next) : withRecolouring(layer.colors, at, next);
  return { layer, steps, blur: layer.blur ?? 0, further: next === null ? [] : [next], furtherBlur: 0 };
}

/** Layers of which the same is asked are named together. */
function operationsOf(looks: readonly Look[]): Operation[] {
  const asked = new Map<string, { operations: Omit<Operation, "layer">[]; indices: number[] }>();
  for (const { layer, steps } of looks) {
    const operations = recolourOperations(layer.colors, steps, layer.blur) as Omit<Operation, "layer">[];
    const key = JSON.stringify(operations);
    asked.set(key, { operations, indices: [...(asked.get(key)?.indices ?? []), layer.index] });
  }
  return [...asked.values()].flatMap(({ operations, indices }) =>
    operations.map((one) => ({ ...one, layer: indices.length === 1 ? indices[0]! : indices }) as Operation),
  );
}

function fresh(mode: Mode, colour = "#3b82f6"): Recolor {
  switch (mode) {
    case "replace":
      return { op: "recolor", mode, from: colour, color: colour, tolerance: 0.2 };
    case "duotone":
      return { op: "recolor", mode, colors: ["#1b1464", "#ffe8cc"] };
    default:
      return { op: "recolor", mode, color: colour };
  }
}

/** The same colours another way, as far as it has use for them. */
function converted(step: Recolor, mode: Mode, found: readonly string[]): Recolor {
  const strength = step.strength === undefined ? {} : { strength: step.strength };
  const colour = "color" in step ? step.color : step.mode === "duotone" ? step.colors[0] : found[0];
  const next = fresh(mode, mode === "replace" ? found[0] : colour);
  return { ...next, ...(mode === "replace" && colour !== undefined ? { color: colour } : {}), ...strength } as Recolor;
}

function withColour(step: Recolor, colour: string): Recolor {
  if (step.mode === "matrix") return step;
  return step.mode === "duotone" ? { ...step, colors: [colour, step.colors[1]] } : { ...step, color: colour };
}

function modesFor(step: Recolor): [string, string][] {
  const modes: Recolor["mode"][] = step.mode === "matrix" ? [...MODES, "matrix"] : [...MODES];
  return modes.map((mode) => [mode, t(`properties.mode_${mode}`)]);
}

function dotsOf(step: Recolor): string[] {
  if (step.mode === "matrix") return ["#808080", "#c0c0c0"];
  if (step.mode === "duotone") return [...step.colors];
  return step.mode === "replace" ? [step.from, step.color] : [step.color];
}

function percent(share: number): number {
  return Math.round(share * 100);
}
