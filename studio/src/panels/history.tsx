import { signal, useSignal, useSignalEffect } from "@preact/signals";
import * as api from "../api/documents.ts";
import { asProblem } from "../api/http.ts";
import type { Document, Revision } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { language } from "../state/settings.ts";
import { doc } from "../state/document.ts";
import { busy, redo, restore, undo } from "../state/edit.ts";
import { tellProblem } from "../state/notices.ts";
import { Button, IconButton } from "../ui/index.ts";
import { spoken } from "./summary.ts";

interface Read {
  id: string;
  /** Newest first, without gaps. */
  lines: readonly Revision[];
  next: string | null;
}

const read = signal<Read | null>(null);

/** What was done, newest first. Undo and redo move the mark; nothing is ever lost, so any line can be gone back to. */
export function History() {
  const loading = useSignal(false);
  useSignalEffect(() => {
    const document = doc.value;
    if (document !== null) void refresh(document);
  });
  const document = doc.value;
  if (document === null) return null;
  const known = read.value?.id === document.id ? read.value : null;
  const shows = known?.lines.find((line) => line.n === document.revision)?.shows ?? document.revision;
  const states = (known?.lines ?? []).filter((line) => line.kind === "create" || line.kind === "edit");

  async function more(): Promise<void> {
    if (document === null || known?.next == null || loading.value) return;
    loading.value = true;
    try {
      const { items, next } = await api.revisions(document, known.next);
      read.value = { ...known, lines: [...known.lines, ...items], next };
    } catch (error) {
      tellProblem(asProblem(error));
    }
    loading.value = false;
  }
  return (
    <div class="history">
      <div class="history-steps">
        <IconButton icon="undo" label={t("app.undo")} hint="Ctrl+Z" disabled={!document.can_undo || busy.value} onClick={() => void undo()} />
        <IconButton icon="redo" label={t("app.redo")} hint="Ctrl+Shift+Z" disabled={!document.can_redo || busy.value} onClick={() => void redo()} />
        <span class="history-count">{t("properties.revision", { n: document.revision })}</span>
      </div>
      <ol class="history-list" aria-label={t("properties.history")}>
        {states.map((line) => (
          <li key={line.n}>
            <button type="button" class={line.n > shows ? "later" : ""} aria-current={line.n === shows ? "step" : undefined} title={new Date(line.created_at).toLocaleString(locale())}
              onClick={() => line.n !== shows && void restore(line.n)}>
              <span class="history-words">{spoken(line)}</span>
              <time dateTime={line.created_at}>{new Date(line.created_at).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" })}</time>
            </button>
          </li>
        ))}
      </ol>
      {known?.next != null && <Button label={t("properties.earlier")} disabled={loading.value} onClick={() => void more()} />}
    </div>
  );
}

/** The newest page, and what was read before below it where the two meet. */
async function refresh(document: Document): Promise<void> {
  const before = read.peek();
  if (before?.id === document.id && before.lines[0]?.n === document.revision) return;
  try {
    const { items, next } = await api.revisions(document);
    if (doc.peek()?.id !== document.id) return;
    const oldest = items.at(-1)?.n ?? 0;
    const below = before?.id === document.id && before.lines.some((line) => line.n === oldest) ? before : null;
    const lines = below === null ? items : [...items, ...below.lines.filter((line) => line.n < oldest)];
    const newest = read.peek();
    if (newest?.id === document.id && (newest.lines[0]?.n ?? 0) > (items[0]?.n ?? 0)) return; // a later answer came first
    read.value = { id: document.id, lines, next: below === null ? next : below.next };
  } catch (error) {
    tellProblem(asProblem(error));
  }
}

function locale(): string {
  return language.value === "zh" ? "zh-CN" : "en";
}
