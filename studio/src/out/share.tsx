import { useSignal, useSignalEffect } from "@preact/signals";
import { operationsTo } from "../api/documents.ts";
import { asProblem } from "../api/http.ts";
import type { Document, Operation } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { wordsOf } from "../i18n/problem.ts";
import { tell } from "../state/notices.ts";
import { Button, Select } from "../ui/index.ts";
import { asCurl, asDocumentCurl, asJson } from "./commands.ts";

type Form = "curl" | "document" | "json";

const FORMS: readonly Form[] = ["curl", "document", "json"];

/** The edits so far, to repeat them without the page. */
export function Share({ document }: { document: Document }) {
  const form = useSignal<Form>("curl");
  const found = useSignal<readonly Operation[] | null>(null);
  const wrong = useSignal("");
  const copied = useSignal(false);
  useSignalEffect(() => {
    operationsTo(document, document.revision).then(
      (operations) => (found.value = operations),
      (error: unknown) => (wrong.value = wordsOf(asProblem(error))),
    );
  });
  if (wrong.value !== "") return <p class="share-hint" role="alert">{wrong.value}</p>;
  const text = found.value === null ? "" : textOf(form.value, document, found.value);
  async function copy(): Promise<void> {
    copied.value = await copyText(text);
    tell(copied.value ? "info" : "warning", copied.value ? "out.copied" : "out.copy_by_hand");
  }
  return (
    <div class="share">
      <Select label={t("out.form")} value={form.value} options={FORMS.map((one) => [one, t(`out.form_${one}`)])} onChange={(to) => (form.value = to as Form)} />
      <p class="share-hint">{t(`out.hint_${form.value}`)}</p>
      <textarea class="ui-input share-text" readOnly rows={8} spellcheck={false} aria-label={t(`out.form_${form.value}`)} value={text} onFocus={(event) => event.currentTarget.select()} />
      <div class="row-end">
        <Button icon="copy" label={t("out.copy")} disabled={found.value === null} onClick={() => void copy()} />
      </div>
    </div>
  );
}

function textOf(form: Form, document: Document, operations: readonly Operation[]): string {
  if (form === "json") return asJson(operations);
  return (form === "curl" ? asCurl : asDocumentCurl)(location.origin, document, operations);
}

/** Says whether it is on the clipboard; pages that came without TLS may only ask for what is selected to be copied. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.querySelector<HTMLTextAreaElement>(".share-text");
    area?.select();
    return area !== null && document.execCommand("copy");
  }
}
