/** What a worker is doing, in the reader's words. */

import { isKey, t } from "../i18n/index.ts";

/** Names of stages that are no names of keys. */
const KEYS: Record<string, string> = {
  "layers, second seed": "layers_again",
  "object, second seed": "object_again",
};

/** Of a stage as workers report it; one that we do not know, of somebody's own model, is shown as it is. */
export function stageWords(stage: string | null): string {
  if (stage === null) return t("start.stage_setup");
  const split = /^layers, split (\d+) of (\d+)$/.exec(stage);
  if (split !== null) return t("start.stage_split", { number: split[1] ?? "", count: split[2] ?? "" });
  const key = `start.stage_${KEYS[stage] ?? stage}`;
  return isKey(key) ? t(key) : stage;
}

/** So many seconds, roughly, as people say it. */
export function timeLeft(seconds: number): string {
  if (seconds < 1.5) return t("start.left_moment");
  if (seconds < 90) return t("start.left_seconds", { seconds: Math.ceil(seconds) });
  return t("start.left_minutes", { minutes: Math.round(seconds / 60) });
}
