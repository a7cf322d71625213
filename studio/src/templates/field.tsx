/** The control of one variable, by what it sets. */

import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { upload } from "../api/assets.ts";
import { asProblem } from "../api/http.ts";
import type { Variable } from "../api/templates.ts";
import { t } from "../i18n/index.ts";
import { wordsOf } from "../i18n/problem.ts";
import { Button, Checkbox, ColorField, IconButton, NumberField, Select, Slider } from "../ui/index.ts";

const BLENDS = [
  "normal", "darken", "multiply", "color-burn", "lighten", "screen", "color-dodge", "overlay", "soft-light", "hard-light",
  "difference", "exclusion", "hue", "saturation", "color", "luminosity",
];
const FAR = 1_000_000;

interface Props {
  name: string;
  variable: Variable;
  /** `undefined`: as the template has it. */
  value: unknown;
  /** What that is, as far as it is known. */
  shown: unknown;
  wrong: string | undefined;
  onChange: (value: unknown) => void;
}

export function Field(props: Props) {
  const { variable, value, wrong, onChange, name } = props;
  return (
    <div class="template-field">
      <div class="template-control">
        <Control {...props} />
        {value !== undefined && variable.property !== "visible" && (
          <IconButton icon="undo" label={t("templates.as_it_is", { name })} onClick={() => onChange(undefined)} />
        )}
      </div>
      {variable.description !== undefined && <p class="share-hint">{variable.description}</p>}
      {wrong !== undefined && <p class="template-wrong" role="alert">{wrong}</p>}
    </div>
  );
}

function Control({ name, variable, value, shown, onChange }: Props) {
  const now = value ?? shown;
  const { choices, property } = variable;
  if (choices !== undefined && property !== "image") {
    const options = choices.map((one) => [String(one), String(one)] as const);
    const at = now === null || now === undefined ? "" : String(now);
    return <Select label={name} value={at} options={at === "" ? [["", t("templates.unchanged")], ...options] : options}
      onChange={(to) => onChange(choices.find((one) => String(one) === to))} />;
  }
  const number = (label: string, at: unknown, to: (value: number) => void) => (
    <NumberField label={label} value={typeof at === "number" ? at : 0} min={-FAR} max={FAR} unit="px" onCommit={to} />
  );
  switch (property) {
    case "text":
      return <Words label={name} value={typeof now === "string" ? now : ""} longest={variable.max_length} onChange={onChange} />;
    case "image":
      return <PictureField label={name} isSet={value !== undefined} onChange={onChange} />;
    case "color":
      return <ColorField label={name} value={hexOf(now)} unset={typeof now === "string" ? undefined : t("templates.unchanged")}
        onInput={onChange} onCommit={onChange} />;
    case "visible":
      return <Checkbox label={name} checked={now !== false} onChange={onChange} />;
    case "opacity":
      return <Slider label={name} value={Math.round(Number(now ?? 1) * 100)} min={0} max={100} step={1} unit="%"
        onInput={(to) => onChange(to / 100)} onCommit={(to) => onChange(to / 100)} />;
    case "blend":
      return <Select label={name} value={String(now ?? "normal")} options={BLENDS.map((one) => [one, one])} onChange={onChange} />;
    case "position": {
      const { x = 0, y = 0 } = (now ?? {}) as { x?: number; y?: number };
      return <>{number(`${name} X`, x, (to) => onChange({ x: to, y }))}{number(`${name} Y`, y, (to) => onChange({ x, y: to }))}</>;
    }
    default:
      return number(name, now, onChange);
  }
}

/** What the browser's picker takes; a default may be a colour by name. */
function hexOf(value: unknown): string {
  if (typeof value !== "string") return "#808080";
  const pen = document.createElement("canvas").getContext("2d");
  if (pen === null) return value;
  pen.fillStyle = value;
  return /^#[0-9a-f]{6}$/.test(pen.fillStyle) ? pen.fillStyle : "#808080";
}

interface WordsProps {
  label: string;
  value: string;
  longest: number | undefined;
  onChange: (value: string) => void;
}

function Words({ label, value, longest, onChange }: WordsProps) {
  const id = useId();
  return (
    <div class="ui-field">
      <label for={id}>{label}</label>
      <textarea id={id} class="ui-input" rows={Math.min(4, value.split("\n").length)} maxLength={longest ?? 10_000} value={value}
        onInput={(event) => onChange(event.currentTarget.value)} />
    </div>
  );
}

function PictureField({ label, isSet, onChange }: { label: string; isSet: boolean; onChange: (asset: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const file = useSignal("");
  const busy = useSignal(false);
  const wrong = useSignal("");
  async function take(picture: File | undefined): Promise<void> {
    if (picture === undefined) return;
    [busy.value, wrong.value] = [true, ""];
    try {
      onChange((await upload(picture, picture.name)).sha256);
      file.value = picture.name;
    } catch (error) {
      wrong.value = wordsOf(asProblem(error));
    }
    busy.value = false;
  }
  return (
    <div class="ui-field">
      <label for={id}>{label}</label>
      <span class="template-picture">
        <Button icon="upload" label={t(busy.value ? "templates.uploading" : "templates.choose")} disabled={busy.value} onClick={() => input.current?.click()} />
        {isSet && <span class="template-file">{file.value}</span>}
        {wrong.value !== "" && <span class="template-wrong" role="alert">{wrong.value}</span>}
      </span>
      <input ref={input} id={id} type="file" accept="image/*" class="template-input" tabIndex={-1}
        onChange={(event) => { void take(event.currentTarget.files?.[0]); event.currentTarget.value = ""; }} />
    </div>
  );
}
