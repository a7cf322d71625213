import { t } from "../i18n/index.ts";
import { ExportButton } from "../out/export_button.tsx";
import { doc } from "../state/document.ts";
import { busy, history, redo, undo } from "../state/edit.ts";
import { arePanelsShown, isTabbed, togglePanels } from "../state/layout.ts";
import { stepsOf } from "../state/timeline.ts";
import { IconButton } from "../ui/index.ts";
import { AppMenu } from "./app_menu.tsx";
import { DocumentName } from "./document_name.tsx";
import { Mark } from "./mark.tsx";
import { past } from "./past.ts";
import { ViewControls } from "./view_controls.tsx";

export function Toolbar() {
  const few = isTabbed.value;
  return (
    <header class="toolbar" aria-label={t("app.toolbar")}>
      <a class="toolbar-home" href="#" title={t("app.home")} aria-label={t("app.home")}><Mark /></a>
      <DocumentName />
      <span class="saving">{busy.value && t("app.saving")}</span>
      <Steps />
      {!few && <ViewControls />}
      {!few && (
        <IconButton icon="panel" pressed={arePanelsShown.value} onClick={togglePanels}
          label={t(arePanelsShown.value ? "app.hide_panels" : "app.show_panels")} hint="Ctrl+\" />
      )}
      <AppMenu />
      <ExportButton />
    </header>
  );
}

/** Undo and redo, and in their tooltips what they would do. */
function Steps() {
  const document = doc.value;
  const [newest] = history.value;
  const steps = newest !== undefined && newest.n === document?.revision ? stepsOf(history.value) : { undo: null, redo: null };
  const words = (step: string | null) => (step === null ? "" : `${past(step)} · `);
  return (
    <div class="toolbar-group" role="group" aria-label={t("app.history_steps")}>
      <IconButton icon="undo" label={t("app.undo")} hint={`${words(steps.undo)}Ctrl+Z`} disabled={!document?.can_undo} onClick={() => void undo()} />
      <IconButton icon="redo" label={t("app.redo")} hint={`${words(steps.redo)}Ctrl+Shift+Z`} disabled={!document?.can_redo} onClick={() => void redo()} />
    </div>
  );
}
