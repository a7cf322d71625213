import { signal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { selected, selection } from "../state/document.ts";
import { isLocked, selectedLeaves } from "../state/leaves.ts";
import { Disclosure, Icon, TabPanel, Tabs } from "../ui/index.ts";
import { Adjust } from "./adjust.tsx";
import { CanvasSize } from "./canvas_size.tsx";
import { Colours } from "./colours.tsx";
import { History } from "./history.tsx";
import { Place } from "./place.tsx";
import { AddPicture, Replace } from "./replace.tsx";
import { isText, Words } from "./words.tsx";

const tab = signal("properties");

/** Of what is selected; of the document where nothing is. And what was done to it. */
export function PropertiesPanel() {
  const tabs: [string, string][] = [["properties", t("properties.title")], ["history", t("properties.history")]];
  return (
    <section class="properties" aria-label={t("properties.title")}>
      <Tabs label={t("properties.tabs")} tabs={tabs} current={tab.value} onChange={(to) => (tab.value = to)} />
      <TabPanel id="properties" current={tab.value}><Properties /></TabPanel>
      <TabPanel id="history" current={tab.value}><History /></TabPanel>
    </section>
  );
}

/** Without the frame, and without the history. */
export function Properties() {
  return selected.value.length === 0 ? <OfDocument /> : <OfSelection />;
}

function OfDocument() {
  return (
    <>
      <p class="properties-of"><Icon name="image" /><span>{t("properties.document")}</span></p>
      <div class="properties-part"><CanvasSize /></div>
      <div class="properties-part"><AddPicture /></div>
      <p class="empty">{t("properties.none")}</p>
    </>
  );
}

function OfSelection() {
  const [first] = selected.value;
  const [one] = selectedLeaves.value;
  const single = selected.value.length === 1 && first !== undefined && first.kind !== "group" ? first : undefined;
  // Drawn anew for another selection: what was begun for one is not for the next.
  const key = [...selection.value].join();
  return (
    <>
      <p class="properties-of">
        <Icon name={single === undefined ? "layers" : isText(single) ? "text" : "image"} />
        <span>{selected.value.length === 1 ? first?.name : t("properties.several", { count: selected.value.length })}</span>
        {isLocked.value && <span class="properties-locked" title={t("properties.locked_hint")}><Icon name="lock" />{t("properties.locked")}</span>}
      </p>
      <div class="properties-part"><Place /></div>
      {single !== undefined && isText(single) && <Disclosure label={t("properties.words")} open><Words key={key} layer={single} /></Disclosure>}
      {one !== undefined && <Disclosure label={t("properties.recolour")} open><Colours key={key} /></Disclosure>}
      {one !== undefined && <Disclosure label={t("properties.adjust")}><Adjust key={key} /></Disclosure>}
      {single !== undefined && (
        <Disclosure label={t("properties.picture")}>
          <Replace key={key} layer={single} />
          <AddPicture above={single} />
        </Disclosure>
      )}
    </>
  );
}
