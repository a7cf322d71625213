import { t } from "../i18n/index.ts";
import { DownloadLink } from "../out/export.tsx";
import { doc } from "../state/document.ts";
import { busy, redo, undo } from "../state/edit.ts";
import { HomeIcon, RedoIcon, UndoIcon } from "./icons.tsx";
import { Choices } from "./choices.tsx";

export function Toolbar() {
  const document = doc.value;
  return (
    <div class="toolbar" role="toolbar" aria-label={t("app.toolbar")}>
      <a class="button" href="#" title={t("app.home")} aria-label={t("app.home")}><HomeIcon /></a>
      <h1>{document?.name ?? (document === null ? t("app.opening") : "Lamina")}</h1>
      <button type="button" title={`${t("app.undo")} (Ctrl+Z)`} aria-label={t("app.undo")} disabled={!document?.can_undo} onClick={undo}>
        <UndoIcon />
      </button>
      <button type="button" title={`${t("app.redo")} (Ctrl+Shift+Z)`} aria-label={t("app.redo")} disabled={!document?.can_redo} onClick={redo}>
        <RedoIcon />
      </button>
      <span class="saving" role="status">{busy.value && t("app.saving")}</span>
      <Choices />
      <DownloadLink />
    </div>
  );
}
