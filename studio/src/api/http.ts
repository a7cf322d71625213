/** Requests to the API: JSON in, JSON out, and every failure a `Problem`. */

import type { FieldError, ProblemJson } from "./types.ts";

/** What went wrong, by its code; `offline` is ours, for a server that does not answer. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[];
  readonly retryAfterS: number | null;
  readonly requestId: string | null;

  constructor(json: Partial<ProblemJson>, status: number, retryAfterS: number | null = null) {
    super(json.detail ?? json.title ?? "");
    this.name = "Problem";
    this.status = status;
    this.code = json.code ?? "internal-error";
    this.errors = json.errors ?? [];
    this.retryAfterS = retryAfterS;
    this.requestId = json.request_id ?? null;
  }
}

export interface Asked {
  method?: string;
  json?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

export interface Answer<Value> {
  value: Value;
  status: number;
  headers: Headers;
}

/** The JSON that an address answers with; throws `Problem`, or the signal's reason. */
export async function ask<Value>(url: string, asked: Asked = {}): Promise<Answer<Value>> {
  const response = await send(url, asked);
  const value = response.status === 204 ? null : await response.json();
  return { value: value as Value, status: response.status, headers: response.headers };
}

/** As `ask`, for what is no JSON. */
export async function send(url: string, asked: Asked = {}): Promise<Response> {
  const headers = { ...asked.headers, ...(asked.json === undefined ? {} : { "Content-Type": "application/json" }) };
  const body = asked.json === undefined ? asked.form ?? null : JSON.stringify(asked.json);
  const method = asked.method ?? (body === null ? "GET" : "POST");
  let response: Response;
  try {
    response = await fetch(url, { method, headers, body, signal: asked.signal ?? null });
  } catch (error) {
    if (asked.signal?.aborted) throw error;
    throw new Problem({ code: "offline" }, 0);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response: Response): Promise<Problem> {
  const wait = Number(response.headers.get("Retry-After"));
  const json = (await response.json().catch(() => ({}))) as Partial<ProblemJson>;
  return new Problem(json, response.status, Number.isFinite(wait) && wait > 0 ? wait : null);
}

/** Of anything that was thrown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem({ code: "internal-error", detail: String(error) }, 0);
}
