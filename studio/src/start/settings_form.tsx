/** How pictures are to be taken apart; folded away, as the defaults do for most. */

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { isKey, t } from "../i18n/index.ts";
import { Checkbox, Disclosure, NumberField, Select } from "../ui/index.ts";
import { isDiffusion, loadModels, model, models, needsPrompt, set, settings } from "./asked.ts";

const MOST_LAYERS = 16;
const LARGEST_SEED = 2 ** 32 - 1;

export function SettingsForm() {
  useEffect(() => void loadModels(), []);
  const { value } = settings;
  return (
    <Disclosure label={t("start.settings")} open={needsPrompt()}>
      <div class="settings">
        <Row hint={modelHint()}>
          <Select label={t("start.model")} value={model() ?? ""} options={modelOptions()}
            onChange={(name) => set("model", name === models.value[0] ? undefined : name)} />
        </Row>
        <Row hint={t("start.layers_hint")}>
          <Select label={t("start.layers")} value={value.max_layers ?? "auto"} options={layerOptions()}
            onChange={(count) => set("max_layers", count === "auto" ? undefined : count)} />
        </Row>
        <Row hint={t("start.residual_hint")}>
          <Checkbox label={t("start.residual")} checked={value.enable_residual !== false}
            onChange={(on) => set("enable_residual", on ? undefined : false)} />
        </Row>
        <Row hint={t(isDiffusion() ? "start.resolution_hint" : "start.resolution_unused")}>
          <Select label={t("start.resolution")} value={String(value.resolution ?? 640)} disabled={!isDiffusion()}
            options={[["640", t("start.pixels", { count: 640 })], ["1024", t("start.pixels", { count: 1024 })]]}
            onChange={(size) => set("resolution", size === "640" ? undefined : Number(size))} />
        </Row>
        {isDiffusion() && <Prompt />}
        {isDiffusion() && (
          <Row hint={t("start.seed_hint")}>
            <NumberField label={t("start.seed")} value={value.seed ?? 0} min={0} max={LARGEST_SEED} step={1}
              onCommit={(seed) => set("seed", seed === 0 ? undefined : Math.round(seed))} />
          </Row>
        )}
      </div>
    </Disclosure>
  );
}

function Row({ hint, children }: { hint: string; children: ComponentChildren }) {
  return (
    <div class="setting">
      {children}
      <p class="hint">{hint}</p>
    </div>
  );
}

function Prompt() {
  return (
    <Row hint={t(needsPrompt() ? "start.prompt_needed" : "start.prompt_hint")}>
      <label class="prompt">
        <span>{t("start.prompt")}</span>
        <textarea class="ui-input" rows={2} maxLength={4000} value={settings.value.prompt ?? ""} required={needsPrompt()}
          onInput={(event) => set("prompt", event.currentTarget.value || undefined)} />
      </label>
    </Row>
  );
}

function modelOptions(): [string, string][] {
  const names = models.value.length > 0 ? models.value : [model() ?? ""];
  return names.map((name) => [name, name === "" ? t("start.default_model") : name]);
}

function modelHint(): string {
  const key = `start.model_${(model() ?? "").replaceAll("-", "_")}`;
  return t(isKey(key) ? key : "start.model_hint");
}

function layerOptions(): [string, string][] {
  const counts = Array.from({ length: MOST_LAYERS }, (_, index) => String(index + 1));
  return [["auto", t("start.auto")], ...counts.map((count): [string, string] => [count, count])];
}
