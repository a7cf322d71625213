import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "./i18n/index.ts";
import { Notices } from "./panels/notices.tsx";
import { SkipLinks } from "./panels/skip_links.tsx";
import { route } from "./state/route.ts";
import { Button } from "./ui/index.ts";

type Start = typeof import("./start/start.tsx").Start;
type Editor = typeof import("./editor.tsx").Editor;

const start = signal<Start | null>(null);
const editor = signal<Editor | null>(null);
const failed = signal(false);

/** The start, a job that is watched, a template, or the editor, as the address says; each is loaded when it is first needed. */
export function App() {
  const { document, job, template } = route.value;
  const isEditor = document !== undefined;
  useEffect(() => {
    load(isEditor).catch(() => (failed.value = true));
  }, [isEditor]);
  const [Start_, Editor_] = [start.value, editor.value];
  const isHere = isEditor ? Editor_ !== null : Start_ !== null;
  useFocusOnChange(document ?? job ?? template ?? "", isHere);
  return (
    <>
      <SkipLinks isEditor={isEditor} />
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

/** Whoever comes from another view begins at the main part of this one; the first view leaves the focus alone. */
function useFocusOnChange(view: string, isHere: boolean): void {
  const last = useRef(view);
  useEffect(() => {
    if (!isHere || last.current === view) return;
    last.current = view;
    const main = document.querySelector<HTMLElement>("main");
    if (main === null || main.contains(document.activeElement)) return;
    main.tabIndex = -1;
    // Nobody went there by a key: a frame around all of it would only puzzle.
    main.classList.add("led");
    main.addEventListener("blur", () => main.classList.remove("led"), { once: true });
    main.focus({ preventScroll: true });
  }, [view, isHere]);
}

/** The server went away, or is a newer one whose files have other names. */
function Failed() {
  return (
    <main class="start">
      <p role="alert">{t("problems.offline")}</p>
      <Button label={t("app.reload")} kind="primary" onClick={() => location.reload()} />
    </main>
  );
}
