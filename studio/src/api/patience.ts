/** Asking again where the server is away for a while. */

import { Problem } from "./http.ts";

const AWAY = new Set([0, 429, 502, 503, 504]);
const AGAIN_S = 2;

/** What a request answers with, asked until the server is there; `onAway` hears of each time that it was not. */
export async function patiently<Value>(
  request: () => Promise<Value>,
  signal: AbortSignal,
  onAway: () => void = () => {},
): Promise<Value> {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof Problem) || !AWAY.has(error.status)) throw error;
      onAway();
      await pause(Math.min(error.retryAfterS ?? AGAIN_S, 10), signal);
    }
  }
}

/** Rejects with the signal's reason. */
export function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}
