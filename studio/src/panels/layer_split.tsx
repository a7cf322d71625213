import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { splitLayer } from "../api/decompositions.ts";
import { createDocument, operate } from "../api/documents.ts";
import { ask, asProblem, Problem } from "../api/http.ts";
import { cancel, hasEnded, watch } from "../api/jobs.ts";
import type { Decomposition, Document, Job, Layer, Operation } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { wordsOf } from "../i18n/problem.ts";
import { doc, layers } from "../state/document.ts";
import { tell } from "../state/notices.ts";
import { go } from "../state/route.ts";
import { Button, Dialog } from "../ui/index.ts";
import { carried } from "./layer_carry.ts";
import { splitting } from "./layer_splitting.ts";

type Parted = Decomposition & { parent: { children: readonly [number, number] } | null; notes: { separated?: boolean } };

/** One layer into its parts: a new decomposition, and a document of it. */
export function SplitDialog() {
  const [document, layer] = [doc.value, layers.value.find((one) => one.index === splitting.value)];
  if (document === null || layer === undefined) return null;
  return <Asked key={layer.index} document={document} layer={layer} />;
}

function Asked({ document, layer }: { document: Document; layer: Layer }) {
  /** All that was done to the document; null until it is known. */
  const edits = useSignal<readonly Operation[] | null>(null);
  const job = useSignal<Job | null>(null);
  const problem = useSignal<Problem | null>(null);
  const isRunning = useSignal(false);
  const gone = useRef(new AbortController());
  const fail = (error: unknown) => {
    if (!gone.current.signal.aborted) problem.value = asProblem(error);
    isRunning.value = false;
  };

  useEffect(() => {
    const url = `${document.urls.revisions}/${document.revision}/operations`;
    ask<{ operations: Operation[] }>(url, { signal: gone.current.signal }).then(({ value }) => (edits.value = value.operations), fail);
    return () => gone.current.abort();
  }, []);

  function close(): void {
    gone.current.abort();
    if (job.value !== null && !hasEnded(job.value)) void cancel(job.value).catch(() => undefined); // it may have ended
    splitting.value = null;
  }
  function begin(): void {
    [isRunning.value, problem.value] = [true, null];
    const run = parted(document, layer, edits.value ?? [], (seen) => (job.value = seen), gone.current.signal);
    run.then(() => (splitting.value = null), fail);
  }
  const isCarried = edits.value !== null && carried(edits.value, { layer: origin(layer), parts: 2, count: stored(document) }, layer.name) !== null;
  const fraction = job.value?.progress.fraction ?? 0;
  return (
    <Dialog title={t("layers.split_title", { name: layer.name })} onClose={close}>
      <p>{t("layers.split_what")}</p>
      {edits.value !== null && edits.value.length > 0 && <p>{t(isCarried ? "layers.split_carried" : "layers.split_not_carried")}</p>}
      {isRunning.value && <progress class="layers-progress" aria-label={t("layers.split_progress")} max={1} value={fraction} />}
      {isRunning.value && <p role="status">{t("layers.split_running", { percent: Math.round(fraction * 100) })}</p>}
      {problem.value !== null && <p role="alert">{wordsOf(problem.value)}</p>}
      <div class="layers-buttons">
        <Button label={t("layers.cancel")} onClick={close} />
        <Button label={t("layers.split_now")} kind="primary" icon="split" disabled={isRunning.value || edits.value === null} onClick={begin} />
      </div>
    </Dialog>
  );
}

/** The index that it has among the layers of the decomposition: a copy has that of what it is a copy of. */
function origin(layer: Layer): number {
  return Number(/\/layers\/(\d+)\.png/.exec(layer.url ?? "")?.[1]);
}

/** How many layers the decomposition has: all but groups, copies and added pictures. */
function stored(document: Document): number {
  return document.layers.filter((layer) => origin(layer) === layer.index).length;
}

/** Until the new document is open. */
async function parted(document: Document, layer: Layer, edits: readonly Operation[], onChange: (job: Job) => void, signal: AbortSignal): Promise<void> {
  const first = await splitLayer(document.decomposition_id, origin(layer));
  onChange(first);
  const ended = await watch(first, onChange, signal);
  if (ended.status !== "succeeded") throw new Problem(ended.error ?? { code: ended.status }, 0);
  const { value: found } = await ask<Parted>(`/v1/decompositions/${ended.result?.decomposition_id}`, { signal });
  const [from, to] = found.parent?.children ?? [0, 0];
  if (found.notes.separated === false || to === from) return tell("info", "layers.split_one", { name: layer.name });
  const parts = to - from + 1;
  const split = { layer: from, parts, count: found.layer_count - parts + 1 };
  const made = await createDocument(found.id, document.name);
  const isCarried = await carryOver(made, carried(edits, split, layer.name));
  if (signal.aborted) return;
  const back = { label: t("layers.split_back"), run: () => go(document.id) };
  go(made.id);
  tell(isCarried ? "info" : "warning", isCarried ? "layers.split_done" : "layers.split_done_bare", { name: layer.name, count: parts }, back);
}

/** Whether the new document looks as the old one did. */
async function carryOver(made: Document, operations: readonly Operation[] | null): Promise<boolean> {
  if (operations === null) return false;
  if (operations.length === 0) return true;
  try {
    await operate(made, operations);
    return true;
  } catch {
    return false; // the old document has them still, and the user is told
  }
}
