import { useEffect } from "preact/hooks";
import { Canvas } from "./canvas/canvas.tsx";
import { isHelpOpen } from "./canvas/help.ts";
import { t } from "./i18n/index.ts";
import { wordsOf } from "./i18n/problem.ts";
import { attachKeys } from "./keys.ts";
import { Incoming } from "./panels/incoming.tsx";
import { later } from "./panels/later.tsx";
import { attachTelling } from "./panels/past.ts";
import { Side } from "./panels/side.tsx";
import { Toolbar } from "./panels/toolbar.tsx";
import { ViewControls } from "./panels/view_controls.tsx";
import { close, doc, open, trouble } from "./state/document.ts";
import { isTabbed } from "./state/layout.ts";
import { tellOffline } from "./state/notices.ts";
import { isSaveOpen } from "./templates/save_open.ts";

const Help = later(async () => (await import("./canvas/help.tsx")).Help, () => {
  isHelpOpen.value = false;
  tellOffline();
});

const SaveTemplate = later(async () => (await import("./templates/save_template.tsx")).SaveTemplate, () => {
  isSaveOpen.value = false;
  tellOffline();
});

/** A document: its canvas, its layers and what can be done with them. */
export function Editor({ id }: { id: string }) {
  useEffect(() => {
    void open(id);
    const detach = [attachKeys(), attachTelling()];
    return () => {
      for (const one of detach) one();
      isSaveOpen.value = false;
      close();
    };
  }, [id]);
  const name = doc.value === null ? null : doc.value.name ?? t("app.untitled");
  useEffect(() => {
    document.title = name === null ? "Lamina" : `${name} · Lamina`;
    return () => void (document.title = "Lamina");
  }, [name]);
  if (trouble.value !== null) return <Trouble />;
  return (
    <div class={`editor ${isTabbed.value ? "tabbed" : ""}`} aria-busy={doc.value === null}>
      <Toolbar />
      <main id="main" tabIndex={-1}>
        <Canvas />
        {isTabbed.value && <ViewControls />}
      </main>
      <Side />
      <Incoming />
      {isHelpOpen.value && <Help />}
      {isSaveOpen.value && doc.value !== null && <SaveTemplate document={doc.value} />}
    </div>
  );
}

function Trouble() {
  return (
    <main id="main" class="start" tabIndex={-1}>
      <p role="alert">{trouble.value !== null && wordsOf(trouble.value)}</p>
      <a class="ui-button ui-primary" href="#">{t("app.toStart")}</a>
    </main>
  );
}
