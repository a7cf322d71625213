import { useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import {
  arePanelsShown, isTabbed, LEAST_LAYERS, layersShare, MOST_LAYERS, NARROWEST, panelsWidth, tab, WIDEST,
} from "../state/layout.ts";
import { TabPanel, Tabs } from "../ui/index.ts";
import { later } from "./later.tsx";
import { LayersPanel } from "./layers.tsx";
import { PropertiesPanel } from "./properties.tsx";
import { Splitter } from "./splitter.tsx";

const Properties = later(async () => (await import("./properties_panel.tsx")).Properties);
const History = later(async () => (await import("./history.tsx")).History);

/** The panels: one over the other at the side, or one at a time where there is little room. */
export function Side() {
  if (isTabbed.value) return <OneAtATime />;
  return arePanelsShown.value ? <Both /> : null;
}

function Both() {
  const panels = useRef<HTMLElement>(null);
  return (
    <>
      <Splitter way="across" label={t("app.panels_width")} value={panelsWidth} least={NARROWEST} most={WIDEST} step={16} perPixel={() => -1} controls="panels" />
      <aside ref={panels} id="panels" class="panels" aria-label={t("app.panels")} style={{ width: `${panelsWidth.value}px` }}>
        <div id="layers" class="panel-above" tabIndex={-1} style={{ flexBasis: `${layersShare.value}%` }}><LayersPanel /></div>
        <Splitter way="down" label={t("app.layers_share")} value={layersShare} least={LEAST_LAYERS} most={MOST_LAYERS} step={4}
          perPixel={() => 100 / (panels.current?.clientHeight || 1)} controls="layers" />
        <div class="panel-below"><PropertiesPanel /></div>
      </aside>
    </>
  );
}

function OneAtATime() {
  const tabs = [["layers", t("layers.title")], ["properties", t("properties.title")], ["history", t("properties.history")]] as const;
  return (
    <aside class="panels" aria-label={t("app.panels")}>
      <Tabs label={t("app.panels")} tabs={tabs} current={tab.value} onChange={(to) => (tab.value = to)} />
      <TabPanel id="layers" current={tab.value}><LayersPanel /></TabPanel>
      <TabPanel id="properties" current={tab.value}><section class="properties"><Properties /></section></TabPanel>
      <TabPanel id="history" current={tab.value}><section class="properties"><History /></section></TabPanel>
    </aside>
  );
}
