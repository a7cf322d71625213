import type { Problem } from "../api/http.ts";
import { isKey, t } from "./index.ts";

/** What happened and what to do, in the user's language; for a code that has no words here, the server's own. */
export function wordsOf(problem: Problem): string {
  const key = `problems.${problem.code}`;
  const words = isKey(key) ? t(key, { seconds: problem.retryAfterS ?? 5 }) : problem.message || t("problems.internal-error");
  // The server's sentence names the field or the limit.
  return problem.code === "invalid-request" && problem.message !== "" ? `${words} ${problem.message}` : words;
}
