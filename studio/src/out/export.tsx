import { signal, useSignal } from "@preact/signals";
import type { Document, Layer } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { selected } from "../state/document.ts";
import { Checkbox, ColorField, Dialog, NumberField, Select, Slider, TabPanel, Tabs } from "../ui/index.ts";
import { isExportOpen } from "./export_button.tsx";
import { fileName, type Format, FORMATS, layerUrl, pictureUrl } from "./download.ts";
import { LayeredFile } from "./layered.tsx";
import { Save } from "./save.tsx";
import { Share } from "./share.tsx";

const MOST_WIDTH = 16_384;

const format = signal("png");
const width = signal<number | null>(null);
const quality = signal<number | null>(null);
const background = signal("transparent");
const colour = signal("#ffffff");
const trimmed = signal(true);

/** What can be taken away: the picture, one layer, the edits as code. */
export function ExportDialog({ document }: { document: Document }) {
  const tab = useSignal("picture");
  const layer = selected.value.length === 1 ? selected.value[0] : undefined;
  const tabs: [string, string][] = [
    ["picture", t("out.picture")], ["layers", t("out.layers")], ...(layer === undefined ? [] : [["layer", t("out.layer")] as [string, string]]), ["share", t("out.share")],
  ];
  return (
    <Dialog title={t("out.export")} onClose={() => (isExportOpen.value = false)}>
      <div class="export">
        <Tabs label={t("out.export")} tabs={tabs} current={tab.value} onChange={(to) => (tab.value = to)} />
        <TabPanel id="picture" current={tab.value}><Picture document={document} /></TabPanel>
        <TabPanel id="layers" current={tab.value}><LayeredFile document={document} /></TabPanel>
        {layer !== undefined && <TabPanel id="layer" current={tab.value}><OneLayer document={document} layer={layer} /></TabPanel>}
        <TabPanel id="share" current={tab.value}><Share document={document} /></TabPanel>
      </div>
    </Dialog>
  );
}

function Picture({ document }: { document: Document }) {
  const chosen = formatOf(FORMATS);
  const across = Math.min(width.value ?? document.width, MOST_WIDTH);
  const down = Math.max(1, Math.round((across * document.height) / document.width));
  const lossy = chosen.lossy === "always" || (chosen.lossy === "if-asked" && quality.value !== null);
  const ground = background.value === "colour" ? colour.value : background.value === "transparent" ? null : background.value;
  const url = pictureUrl(document, { format: chosen, width: across, quality: lossy ? quality.value : null, background: ground });
  return (
    <>
      <FormatField formats={FORMATS} />
      <div class="export-size">
        <NumberField label={t("out.width")} value={across} min={1} max={MOST_WIDTH} unit="px" onCommit={(to) => (width.value = Math.round(to))} />
        <span class="export-by">× {down} px</span>
      </div>
      <Select label={t("out.background")} value={!chosen.hasAlpha && background.value === "transparent" ? "white" : background.value} options={groundsFor(chosen)} onChange={(to) => (background.value = to)} />
      {background.value === "colour" && <ColorField label={t("out.colour")} value={colour.value} onInput={(to) => (colour.value = to)} onCommit={(to) => (colour.value = to)} />}
      {chosen.lossy === "if-asked" && <Checkbox label={t("out.lossless")} checked={quality.value === null} onChange={(is) => (quality.value = is ? null : 80)} />}
      {lossy && <Slider label={t("out.quality")} value={quality.value ?? (chosen.id === "avif" ? 70 : 90)} min={1} max={100} step={1} onInput={(to) => (quality.value = to)} onCommit={(to) => (quality.value = to)} />}
      <Save url={url} name={fileName(document.name, chosen.extension)} />
    </>
  );
}

function OneLayer({ document, layer }: { document: Document; layer: Layer }) {
  const formats = FORMATS.filter((one) => one.ofLayers);
  const chosen = formatOf(formats);
  return (
    <>
      <p class="export-of">{layer.name}</p>
      <FormatField formats={formats} />
      <Checkbox label={t("out.trimmed")} checked={trimmed.value} onChange={(to) => (trimmed.value = to)} />
      <p class="share-hint">{t(trimmed.value ? "out.trimmed_hint" : "out.canvas_hint")}</p>
      <Save url={layerUrl(document, layer, chosen, trimmed.value)} name={fileName(layer.name, chosen.extension)} />
    </>
  );
}

function FormatField({ formats }: { formats: readonly Format[] }) {
  return <Select label={t("out.format")} value={formatOf(formats).id} options={formats.map((one) => [one.id, one.label])} onChange={(to) => (format.value = to)} />;
}

function formatOf(formats: readonly Format[]): Format {
  return formats.find((one) => one.id === format.value) ?? (formats[0] as Format);
}

function groundsFor(chosen: Format): [string, string][] {
  const all: [string, string][] = [
    ["transparent", t("out.transparent")], ["white", t("out.white")], ["black", t("out.black")], ["checkerboard", t("out.checkerboard")], ["colour", t("out.colour")],
  ];
  return chosen.hasAlpha ? all : all.filter(([id]) => id !== "transparent");
}
