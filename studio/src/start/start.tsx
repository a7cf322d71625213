/** The first page: a picture comes in; below, what was made before. */

import { useLayoutEffect } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { later } from "../panels/later.tsx";
import { route } from "../state/route.ts";
import { Button } from "../ui/index.ts";
import { abandon, begin, refused, sending } from "./begin.ts";
import { DropArea } from "./drop_area.tsx";
import { Gallery } from "./gallery.tsx";
import { Header } from "./header.tsx";
import { dragging, listen } from "./intake.ts";
import { ProblemCard } from "./problem_card.tsx";
import { Progress, Sending } from "./progress.tsx";
import { Samples } from "./samples.tsx";
import { SettingsForm } from "./settings_form.tsx";

const Fill = later(async () => (await import("../templates/fill.tsx")).Fill);

export function Start() {
  // As soon as the page is seen, it takes what is dropped on it.
  useLayoutEffect(() => listen(
    (source) => void begin(source),
    (problem) => (refused.value = { problem, source: null }),
  ), []);
  return (
    <div class="home">
      <Header />
      <main><Shown /></main>
      {dragging.value && <div class="drop-overlay" aria-hidden="true"><p>{t("start.drop_now")}</p></div>}
    </div>
  );
}

function Shown() {
  const { job, template } = route.value;
  if (sending.value !== null) {
    const { preview, source } = sending.value;
    return <Sending preview={preview} name={source.name} kind={source.kind} onCancel={abandon} />;
  }
  if (refused.value === null && job !== undefined) return <Progress key={job} id={job} />;
  if (refused.value === null && template !== undefined) return <Fill key={template} name={template} />;
  return <Home />;
}

function Home() {
  return (
    <>
      <section class="hero">
        <h1>{t("start.title")}</h1>
        <p>{t("start.subtitle")}</p>
      </section>
      <Refused />
      <section class="intake" aria-label={t("start.intake")}>
        <DropArea />
        <SettingsForm />
      </section>
      <Samples />
      <Gallery />
    </>
  );
}

function Refused() {
  if (refused.value === null) return null;
  const { problem, source } = refused.value;
  return (
    <ProblemCard problem={problem}>
      {source !== null && <Button label={t("start.again")} kind="primary" onClick={() => void begin(source)} />}
      <Button label={t("app.dismiss")} onClick={() => (refused.value = null)} />
    </ProblemCard>
  );
}
