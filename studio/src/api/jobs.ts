import { ask, Problem } from "./http.ts";
import { patiently } from "./patience.ts";
import type { Job } from "./types.ts";

/** How long one question may be held open where events do not come through. */
const WAIT_S = 20;

export function hasEnded(job: Job): boolean {
  return job.status === "succeeded" || job.status === "failed" || job.status === "canceled";
}

export async function job(id: string, signal?: AbortSignal): Promise<Job> {
  return (await ask<Job>(`/v1/jobs/${id}`, { signal })).value;
}

export async function cancel(which: Job): Promise<Job> {
  return (await ask<Job>(which.urls.cancel, { method: "POST" })).value;
}

/**
 * Follow a job to its end: by server-sent events, where the browser dials again by itself when the line is cut, and by
 * asking where there are none, over servers that go away and come back. Resolves with the ended job; rejects with the
 * signal's reason, or with a `Problem` where waiting does not help. `onLine` hears whether the server is there.
 */
export async function watch(
  which: Job,
  onChange: (job: Job) => void,
  signal: AbortSignal,
  onLine: (isThere: boolean) => void = () => {},
): Promise<Job> {
  const seen = await listened(which, onChange, signal, onLine);
  return hasEnded(seen) ? seen : asked(seen, onChange, signal, onLine);
}

/** Until it has ended, or until there are no more events. */
function listened(
  which: Job,
  onChange: (job: Job) => void,
  signal: AbortSignal,
  onLine: (isThere: boolean) => void,
): Promise<Job> {
  signal.throwIfAborted();
  if (hasEnded(which)) return Promise.resolve(which);
  return new Promise((resolve, reject) => {
    let newest = which;
    const events = new EventSource(which.urls.events);
    const end = () => {
      events.close();
      signal.removeEventListener("abort", stop);
      resolve(newest);
    };
    const stop = () => {
      events.close();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", stop, { once: true });
    events.onopen = () => onLine(true);
    events.onmessage = (event) => {
      newest = JSON.parse(event.data as string) as Job;
      onChange(newest);
      if (hasEnded(newest)) end();
    };
    events.onerror = () => {
      if (events.readyState === EventSource.CLOSED) end();
      else onLine(false); // the browser is about to dial again
    };
  });
}

async function asked(
  which: Job,
  onChange: (job: Job) => void,
  signal: AbortSignal,
  onLine: (isThere: boolean) => void,
): Promise<Job> {
  const look = (headers: Record<string, string>) => ask<Job>(`${which.urls.self}?wait=${WAIT_S}`, { headers, signal });
  let etag: string | null = null;
  for (;;) {
    try {
      const headers: Record<string, string> = etag === null ? {} : { "If-None-Match": etag };
      const answer = await patiently(() => look(headers), signal, () => onLine(false));
      onLine(true);
      etag = answer.headers.get("ETag");
      onChange(answer.value);
      if (hasEnded(answer.value)) return answer.value;
    } catch (error) {
      // Nothing new within the wait.
      if (!(error instanceof Problem && error.status === 304)) throw error;
    }
  }
}
