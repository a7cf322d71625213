/** What a revision did, in the reader's words: `Moved headline`. */

import { effect } from "@preact/signals";
import { isKey, t } from "../i18n/index.ts";
import { doc } from "../state/document.ts";
import { history, refreshHistory } from "../state/edit.ts";
import { say } from "../state/spoken.ts";

/** `summary` is the server's: phrases as `move headline and logo`, with commas between. */
export function past(summary: string): string {
  return summary.split(", ").map(phrase).join(t("told.comma"));
}

function phrase(words: string): string {
  const [, verb = "", rest = ""] = /^(\S+) ?(.*)$/.exec(words) ?? [];
  if (verb === "undo" || verb === "redo") return t(`told.${verb}`, { what: past(rest) });
  const key = `told.${verb}`;
  return isKey(key) ? t(key, { what: names(rest) }).trim() : words;
}

/** What a phrase is about: `headline and 2 layers`, in the reader's words. */
export function names(rest: string): string {
  return rest.split(" and ").map(name).join(t("told.and"));
}

/** Of a layer; or what the server says where there are many, or where it has none. */
function name(words: string): string {
  if (words === "all layers") return t("told.all_layers");
  const [, n, layers] = /^(\d+) (layers|more)$/.exec(words) ?? [];
  if (n !== undefined) return t(layers === "more" ? "told.more" : "told.layers", { n });
  const [, kind, number] = /^(layer|revision) (\d+)$/.exec(words) ?? [];
  return number === undefined ? words : t(kind === "layer" ? "told.layer" : "told.revision", { n: number });
}

/** Keeps the history with the document, and says each change of it. */
export function attachTelling(): () => void {
  let told: string | null = null;
  let reading: Promise<void> | null = null;
  const isBehind = () => doc.peek() !== null && history.peek()[0]?.n !== doc.peek()?.revision;
  const read = async () => {
    while (isBehind()) {
      const before = doc.peek();
      await refreshHistory();
      if (doc.peek() === before) break; // as new as it gets, or the server is away
    }
    reading = null;
  };
  const stopReading = effect(() => {
    if (doc.value === null) history.value = [];
    else if (isBehind()) reading ??= read();
  });
  const stopSaying = effect(() => {
    const [newest] = history.value;
    if (newest === undefined || newest.url === told) return;
    // What was there when it was opened is no news.
    if (told !== null && told.startsWith(newest.url.replace(/\d+$/, ""))) say(past(newest.summary));
    told = newest.url;
  });
  return () => {
    stopReading();
    stopSaying();
  };
}
