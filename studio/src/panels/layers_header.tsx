import { useSignal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { gesture, selected } from "../state/document.ts";
import { apply } from "../state/edit.ts";
import type { Change, Changes } from "../state/preview.ts";
import { Slider } from "../ui/index.ts";
import { BlendSelect } from "./blend_select.tsx";

/** How what is selected lies over what is behind it. */
export function LayersHeader() {
  const tried = useSignal(false);
  const some = selected.value;
  const indices = some.map((layer) => layer.index);
  const isOff = some.length === 0 || some.some((layer) => layer.locked);
  const opacity = percent(some[0]?.opacity ?? 1);
  const isMixed = !tried.value && some.some((layer) => percent(layer.opacity) !== opacity);
  const all = (change: Change): Changes => new Map(indices.map((index) => [index, change]));

  function tryOut(change: Change | null): void {
    tried.value = change !== null;
    gesture.value = change === null ? new Map() : all(change);
  }
  function settle(change: Change, operation: { op: string; [parameter: string]: unknown }): void {
    tried.value = false;
    void apply([{ ...operation, layer: indices }], all(change));
  }
  return (
    <div class="layers-header">
      <BlendSelect modes={some.map((layer) => layer.blend)} disabled={isOff} onTry={(blend) => tryOut(blend === null ? null : { blend })}
        onChoose={(mode) => settle({ blend: mode }, { op: "blend", mode })} />
      <div class={isMixed ? "mixed" : ""} title={isMixed ? t("layers.opacity_mixed") : undefined}>
        <Slider label={t(isMixed ? "layers.opacity_mixed_label" : "layers.opacity")} value={opacity} min={0} max={100} step={1} unit="%" rest={100} disabled={isOff}
          onInput={(value) => tryOut({ opacity: value / 100 })} onCommit={(value) => settle({ opacity: value / 100 }, { op: "opacity", to: value / 100 })} />
      </div>
    </div>
  );
}

function percent(share: number): number {
  return Math.round(share * 100);
}
