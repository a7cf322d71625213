import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { createDocument } from "../api/documents.ts";
import { asProblem, Problem } from "../api/http.ts";
import { cancel, job as readJob, watch } from "../api/jobs.ts";
import type { Job } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { wordsOf } from "../i18n/problem.ts";
import { tellProblem } from "../state/notices.ts";
import { replace } from "../state/route.ts";

/** A job to its end, and the document of what it made. */
export function Progress({ id }: { id: string }) {
  const seen = useSignal<Job | null>(null);
  const trouble = useSignal<Problem | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    followed(id, (job) => (seen.value = job), gone.signal).catch((error: unknown) => {
      if (!gone.signal.aborted) trouble.value = asProblem(error);
    });
    return () => gone.abort();
  }, [id]);
  if (trouble.value !== null) return <Failed problem={trouble.value} />;
  const job = seen.value;
  const fraction = job?.progress.fraction ?? 0;
  return (
    <main class="start">
      <h1>{t("start.running")}</h1>
      <progress aria-label={t("start.progress")} max={1} value={fraction} />
      <p role="status">{job !== null && stateOf(job)}</p>
      {job !== null && <button type="button" onClick={() => void cancel(job).catch((error: unknown) => tellProblem(asProblem(error)))}>{t("start.cancel")}</button>}
    </main>
  );
}

/** Shows the document in the end; throws the job's problem where there is none. */
async function followed(id: string, onChange: (job: Job) => void, signal: AbortSignal): Promise<void> {
  const first = await readJob(id, signal);
  onChange(first);
  const ended = await watch(first, onChange, signal);
  if (ended.status !== "succeeded") throw new Problem(ended.error ?? { code: ended.status }, 0);
  const document = await createDocument(String(ended.result?.decomposition_id), null);
  if (!signal.aborted) replace(document.id);
}

function stateOf(job: Job): string {
  if (job.status !== "queued") return `${Math.round(job.progress.fraction * 100)} % ${job.progress.stage ?? ""}`;
  return job.queue_position === null ? t("start.waiting") : t("start.queued", { position: job.queue_position });
}

function Failed({ problem }: { problem: Problem }) {
  return (
    <main class="start">
      <p role="alert">{wordsOf(problem)}</p>
      <a class="button" href="#">{t("app.toStart")}</a>
    </main>
  );
}
