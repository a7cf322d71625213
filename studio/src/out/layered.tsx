import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Document } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { Select } from "../ui/index.ts";
import { exportUrl, fileName, LAYERED, type Layered } from "./download.ts";
import { Save } from "./save.tsx";

const chosen = signal<Layered>("psd");

/** All layers as a file of another program, and afterwards what that file could not hold. */
export function LayeredFile({ document }: { document: Document }) {
  const told = useSignal<readonly string[]>([]);
  const url = exportUrl(document, chosen.value);
  useEffect(() => {
    told.value = [];
  }, [url]);
  return (
    <>
      <Select
        label={t("out.format")}
        value={chosen.value}
        options={LAYERED.map((suffix) => [suffix, t(`out.file_${suffix}`)])}
        onChange={(to) => (chosen.value = to as Layered)}
      />
      <p class="share-hint">{t(`out.file_${chosen.value}_hint`)}</p>
      <Save url={url} name={fileName(document.name, chosen.value)} onSaved={(warnings) => (told.value = warnings)} />
      {told.value.length > 0 && (
        <div class="export-warnings" role="status">
          <p>{t("out.not_held")}</p>
          <ul>{told.value.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
        </div>
      )}
    </>
  );
}
