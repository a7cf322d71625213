import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "./http.ts";
import { patiently, pause } from "./patience.ts";

const away = (status: number) => new Problem({ code: "offline" }, status, 0.001);

test("a server that is away is asked until it is there", async () => {
  const answers = [away(0), away(503), away(429)];
  let times = 0;
  const found = await patiently(
    () => (answers.length > 0 ? Promise.reject(answers.shift() as Problem) : Promise.resolve("here")),
    new AbortController().signal,
    () => times++,
  );
  assert.deepEqual([found, times], ["here", 3]);
});

test("what waiting does not help is thrown at once", async () => {
  const problem = new Problem({ code: "not-found" }, 404);
  await assert.rejects(patiently(() => Promise.reject(problem), new AbortController().signal), problem);
});

test("nobody waits for what is wanted no more", async () => {
  const wanted = new AbortController();
  const asking = patiently(() => Promise.reject(new Problem({}, 503, 10)), wanted.signal, () => wanted.abort());
  await assert.rejects(asking, { name: "AbortError" });
  const waiting = new AbortController();
  const paused = pause(10, waiting.signal);
  waiting.abort();
  await assert.rejects(paused, { name: "AbortError" });
});
