import { signal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { later } from "../panels/later.tsx";
import { doc } from "../state/document.ts";
import { tellOffline } from "../state/notices.ts";
import { Button } from "../ui/index.ts";

export const isExportOpen = signal(false);

const ExportDialog = later(async () => (await import("./export.tsx")).ExportDialog, () => {
  isExportOpen.value = false;
  tellOffline();
});

/** Of the toolbar: opens what can be taken away. */
export function ExportButton() {
  const document = doc.value;
  if (document === null) return null;
  return (
    <>
      <Button kind="primary" icon="download" label={t("out.export")} hint={`${t("out.export_hint")} (Ctrl+S)`} onClick={openExport} />
      {isExportOpen.value && <ExportDialog document={document} />}
    </>
  );
}

export function openExport(): void {
  isExportOpen.value = true;
}
