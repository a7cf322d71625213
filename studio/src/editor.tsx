import { useEffect } from "preact/hooks";
import { Canvas } from "./canvas/canvas.tsx";
import { t } from "./i18n/index.ts";
import { wordsOf } from "./i18n/problem.ts";
import { attachKeys } from "./keys.ts";
import { LayersPanel } from "./panels/layers.tsx";
import { PropertiesPanel } from "./panels/properties.tsx";
import { Toolbar } from "./panels/toolbar.tsx";
import { close, doc, open, trouble } from "./state/document.ts";

/** A document: its canvas, its layers and what can be done with them. */
export function Editor({ id }: { id: string }) {
  useEffect(() => {
    void open(id);
    const detach = attachKeys();
    return () => {
      detach();
      close();
    };
  }, [id]);
  if (trouble.value !== null) return <Trouble />;
  return (
    <div class="editor" aria-busy={doc.value === null}>
      <Toolbar />
      <main>
        <Canvas />
      </main>
      <aside class="panels" aria-label={t("app.panels")}>
        <LayersPanel />
        <PropertiesPanel />
      </aside>
    </div>
  );
}

function Trouble() {
  return (
    <main class="start">
      <p role="alert">{trouble.value !== null && wordsOf(trouble.value)}</p>
      <a class="button" href="#">{t("app.toStart")}</a>
    </main>
  );
}
