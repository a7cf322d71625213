import type { Revision } from "../api/types.ts";
import { isKey, t } from "../i18n/index.ts";
import { names } from "./past.ts";

/** A line of the history: what the server says in English, its verbs in the reader's words. */
export function spoken({ kind, summary }: Revision): string {
  if (kind === "create") return t("properties.did_create");
  return summary.split(", ").map(phrase).join(t("properties.comma"));
}

function phrase(words: string): string {
  const [, verb = "", rest = ""] = /^(\S+) ?(.*)$/.exec(words) ?? [];
  const key = `properties.did_${verb}`;
  return isKey(key) ? `${t(key)} ${names(rest).trim()}`.trim() : words;
}
