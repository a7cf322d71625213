import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "./i18n/index.ts";
import { Notices } from "./panels/notices.tsx";
import { route } from "./state/route.ts";

type Start = typeof import("./start/start.tsx").Start;
type Editor = typeof import("./editor.tsx").Editor;

const start = signal<Start | null>(null);
const editor = signal<Editor | null>(null);
const failed = signal(false);

/** The start, a job that is watched, or the editor, as the address says; each is loaded when it is first needed. */
export function App() {
  const { document } = route.value;
  const isEditor = document !== undefined;
  useEffect(() => {
    load(isEditor).catch(() => (failed.value = true));
  }, [isEditor]);
  const [Start_, Editor_] = [start.value, editor.value];
  return (
    <>
      {isEditor && Editor_ !== null && <Editor_ key={document} id={document} />}
      {!isEditor && Start_ !== null && <Start_ />}
      {failed.value && <Failed />}
      <Notices />
    </>
  );
}

async function load(isEditor: boolean): Promise<void> {
  if (isEditor) editor.value ??= (await import("./editor.tsx")).Editor;
  else start.value ??= (await import("./start/start.tsx")).Start;
}

/** The server went away, or is a newer one whose files have other names. */
function Failed() {
  return (
    <main class="start">
      <p role="alert">{t("problems.offline")}</p>
      <button type="button" class="button" onClick={() => location.reload()}>
        {t("app.reload")}
      </button>
    </main>
  );
}
