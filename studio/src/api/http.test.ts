import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ask, Problem } from "./http.ts";

async function problemOf(answer: () => Promise<Response>): Promise<Problem> {
  const fetched = mock.method(globalThis, "fetch", answer);
  try {
    await ask("/v1/jobs");
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  } finally {
    fetched.mock.restore();
  }
  throw new Error("it was answered");
}

const page = (status: number) => () => Promise.resolve(new Response("<h1>No</h1>", { status }));

test("the service's own words are kept, and how long to wait", async () => {
  const body = JSON.stringify({ code: "queue-full", detail: "1000 jobs are waiting.", request_id: "abc" });
  const headers = { "Retry-After": "7" };
  const problem = await problemOf(() => Promise.resolve(new Response(body, { status: 503, headers })));
  assert.deepEqual([problem.code, problem.message, problem.retryAfterS], ["queue-full", "1000 jobs are waiting.", 7]);
  assert.equal(problem.requestId, "abc");
});

test("a proxy's page means what its status says", async () => {
  const codes = [];
  for (const status of [413, 502, 503, 418]) codes.push((await problemOf(page(status))).code);
  assert.deepEqual(codes, ["image-too-large", "offline", "service-unavailable", "internal-error"]);
});

test("a server that does not answer is offline", async () => {
  const problem = await problemOf(() => Promise.reject(new TypeError("fetch failed")));
  assert.deepEqual([problem.code, problem.status], ["offline", 0]);
});
