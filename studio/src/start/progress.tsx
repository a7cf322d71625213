/** `#job_…`: how far it is, and what went wrong if it did. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { hasEnded } from "../api/jobs.ts";
import { Problem } from "../api/http.ts";
import type { Job } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { go } from "../state/route.ts";
import { Button } from "../ui/index.ts";
import { begin, knownOf, nameOf } from "./begin.ts";
import type { Source } from "./intake.ts";
import { ProblemCard } from "./problem_card.tsx";
import { Reveal } from "./reveal.tsx";
import { stageWords, timeLeft } from "./stages.ts";
import { cancel, canceling, follow, heardAt, job, lost, made, online, revealed } from "./watching.ts";

export function Progress({ id }: { id: string }) {
  const attempt = useSignal(0);
  useEffect(() => follow(id), [id, attempt.value]);
  const seen = job.value?.id === id ? job.value : null;
  useTitle(seen);
  if (lost.value !== null) {
    const again = lost.value.code === "not-found" ? null : () => void attempt.value++;
    return <Ended id={id} problem={lost.value} again={again} />;
  }
  if (seen?.status === "failed") return <Ended id={id} problem={problemOf(seen)} again={retryOf(id)} />;
  if (seen?.status === "canceled") return <Canceled id={id} />;
  if (made.value !== null) return <Frame id={id} picture={<Reveal of={made.value} onDone={revealed} />} />;
  return <Frame id={id}>{seen === null ? <Waiting /> : <Running job={seen} />}</Frame>;
}

/** A picture is on its way to the service, and there is no job yet. */
const DOING = { file: "start.sending", address: "start.fetching", stack: "start.importing" } as const;

export function Sending(props: { preview: string | null; name: string; kind: Source["kind"]; onCancel: () => void }) {
  const doing = t(DOING[props.kind]);
  return (
    <section class="progress" aria-label={doing}>
      <Picture url={props.preview} />
      <div class="progress-words">
        <h1>{props.name || t("start.working")}</h1>
        <p role="status">{doing}</p>
        <div class="bar" role="progressbar" aria-label={doing}><span class="bar-unknown" /></div>
        <Button label={t("start.cancel")} onClick={props.onCancel} />
      </div>
    </section>
  );
}

function Frame({ id, picture, children }: { id: string; picture?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <section class="progress" aria-label={t("start.working")}>
      {picture ?? <Picture url={knownOf(id)?.preview ?? null} />}
      <div class="progress-words">
        <h1>{nameOf(id) || t("start.working")}</h1>
        {children ?? <p role="status">{t("start.done")}</p>}
      </div>
    </section>
  );
}

/** After a reload we do not have it any more. */
function Picture({ url }: { url: string | null }) {
  if (url === null) return <div class="progress-picture progress-nothing" aria-hidden="true" />;
  return <div class="progress-picture"><img src={url} alt="" /></div>;
}

function Waiting() {
  return <p role="status">{online.value ? t("start.loading") : t("start.away")}</p>;
}

function Running({ job }: { job: Job }) {
  const { fraction, steps, step } = job.progress;
  const percent = Math.round(fraction * 100);
  const doing = words(job);
  const counted = job.status === "running" && steps !== null && steps > 1 && step !== null;
  return (
    <>
      <p role="status">{doing}</p>
      <div class="bar" role="progressbar" aria-label={t("start.working")} aria-valuemin={0} aria-valuemax={100}
        {...(job.status === "queued" ? {} : { "aria-valuenow": percent })} aria-valuetext={doing}>
        {job.status === "queued" ? <span class="bar-unknown" /> : <span class="bar-known" style={{ width: `${percent}%` }} />}
      </div>
      <p class="progress-figures">
        <span>{job.status === "running" ? `${percent} %` : ""}</span>
        <span>{counted ? t("start.step", { step, steps }) : ""}</span>
        <span><TimeLeft job={job} /></span>
      </p>
      {!hasEnded(job) && (
        <Button label={t(canceling.value ? "start.canceling" : "start.cancel")} disabled={canceling.value}
          onClick={() => void cancel()} />
      )}
    </>
  );
}

function words(job: Job): string {
  if (!online.value) return t("start.away");
  if (canceling.value && !hasEnded(job)) return t("start.canceling_words");
  if (job.status !== "queued") return stageWords(job.progress.stage);
  const before = (job.queue_position ?? 1) - 1;
  if (before === 0) return t("start.next");
  return before === 1 ? t("start.one_before") : t("start.before", { count: before });
}

/** Goes down by itself between two reports. */
function TimeLeft({ job }: { job: Job }) {
  const now = useSignal(performance.now());
  useEffect(() => {
    const ticking = setInterval(() => (now.value = performance.now()), 1000);
    return () => clearInterval(ticking);
  }, []);
  const { eta_seconds: eta } = job.progress;
  if (job.status !== "running" || eta === null || !online.value) return null;
  return <>{timeLeft(eta - Math.max(0, now.value - heardAt.value) / 1000)}</>;
}

function Ended({ id, problem, again }: { id: string; problem: Problem; again: (() => void) | null }) {
  return (
    <section class="progress" aria-label={t("start.failed")}>
      <Picture url={knownOf(id)?.preview ?? null} />
      <ProblemCard problem={problem} title={t("start.failed")}>
        {again !== null && <Button label={t("start.again")} kind="primary" onClick={again} />}
        <Button label={t("start.another")} onClick={() => go("")} />
      </ProblemCard>
    </section>
  );
}

function Canceled({ id }: { id: string }) {
  const again = retryOf(id);
  return (
    <section class="progress" aria-label={t("start.canceled")}>
      <Picture url={knownOf(id)?.preview ?? null} />
      <div class="progress-words">
        <h1>{t("start.canceled")}</h1>
        <p role="status">{t("start.canceled_words")}</p>
        <div class="progress-buttons">
          {again !== null && <Button label={t("start.again")} kind="primary" onClick={again} />}
          <Button label={t("start.another")} onClick={() => go("")} />
        </div>
      </div>
    </section>
  );
}

/** Only this page has the picture; after a reload it must be chosen anew. */
function retryOf(id: string): (() => void) | null {
  const known = knownOf(id);
  return known === null ? null : () => void begin(known.source);
}

function problemOf(failed: Job): Problem {
  return new Problem(failed.error ?? {}, failed.error?.status ?? 500);
}

/** How far it is stands on the tab too, for who looks at another meanwhile. */
function useTitle(seen: Job | null) {
  const percent = seen?.status === "running" ? Math.round(seen.progress.fraction * 100) : null;
  useEffect(() => {
    document.title = percent === null ? "Lamina" : `${percent} % · Lamina`;
    return () => void (document.title = "Lamina");
  }, [percent]);
}
