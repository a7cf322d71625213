/** A template: values at one side, the picture that they make at the other. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { asProblem, type Problem, send } from "../api/http.ts";
import { readTemplate, type Template } from "../api/templates.ts";
import { t } from "../i18n/index.ts";
import { wordsOf } from "../i18n/problem.ts";
import { FORMATS, fileName } from "../out/download.ts";
import { Save } from "../out/save.tsx";
import { tell } from "../state/notices.ts";
import { Button, Select } from "../ui/index.ts";
import { Field } from "./field.tsx";
import { filledUrl, variableAt, type Values } from "./filled.ts";

const SHOWN = 1200; // pixels across, at most
const PAUSE_MS = 250; // after the last key, until the picture is asked for

export function Fill({ name }: { name: string }) {
  const template = useSignal<Template | null>(null);
  const problem = useSignal<Problem | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    readTemplate(name, leaving.signal).then(
      (found) => (template.value = found),
      (error: unknown) => leaving.signal.aborted || (problem.value = asProblem(error)),
    );
    return () => leaving.abort();
  }, [name]);
  if (problem.value !== null) {
    return <section class="template-trouble"><p role="alert">{wordsOf(problem.value)}</p><a class="ui-button ui-primary" href="#">{t("app.toStart")}</a></section>;
  }
  return template.value === null ? null : <Form template={template.value} />;
}

function Form({ template }: { template: Template }) {
  const values = useSignal<Values>({});
  const format = useSignal("png");
  const picture = usePicture(template, values.value);
  const wrong = useComputed(() => new Map(picture.problem.value?.errors.map(({ pointer, detail }) => [variableAt(pointer), detail])));
  const { extension } = FORMATS.find(({ id }) => id === format.value)!;
  const url = filledUrl(template, values.value, { extension });
  const other = picture.problem.value !== null && wrong.value.size === 0;
  return (
    <section class="template" aria-label={template.name}>
      <div class="template-shown" aria-busy={picture.busy.value}>
        {picture.address.value !== "" && <img class="ui-checkerboard" src={picture.address.value} alt={t("templates.picture_of", { name: template.name })} />}
      </div>
      <form class="template-form" onSubmit={(event) => event.preventDefault()}>
        <h1>{template.name}</h1>
        {template.description !== null && <p class="share-hint">{template.description}</p>}
        <p class="share-hint">
          {t("templates.version", { n: template.version })} · {t("start.size", { width: template.width, height: template.height })} · <a href={`#${template.document_id}`}>{t("templates.to_document")}</a>
        </p>
        {Object.entries(template.variables).map(([key, variable]) => (
          <Field key={key} name={key} variable={variable} value={values.value[key]} shown={template.values[key]} wrong={wrong.value.get(key)}
            onChange={(value) => (values.value = { ...values.value, [key]: value })} />
        ))}
        {other && <p class="template-wrong" role="alert">{wordsOf(picture.problem.value!)}</p>}
        <Select label={t("out.format")} value={format.value} options={FORMATS.map(({ id, label }) => [id, label])} onChange={(to) => (format.value = to)} />
        <Save url={url} name={fileName(template.name, extension)} />
        <Button icon="link" label={t("templates.copy_address")} hint={t("templates.copy_hint")} onClick={() => void copy(url)} />
      </form>
    </section>
  );
}

/** The picture with these values, once nobody has typed for a moment; the last one stays until then. */
function usePicture(template: Template, values: Values) {
  const address = useSignal("");
  const busy = useSignal(false);
  const problem = useSignal<Problem | null>(null);
  const url = filledUrl(template, values, { extension: "png", width: Math.min(SHOWN, template.width) });
  useEffect(() => {
    const replaced = new AbortController();
    busy.value = true;
    const timer = setTimeout(() => void load(), address.peek() === "" ? 0 : PAUSE_MS);
    async function load(): Promise<void> {
      try {
        const blob = await (await send(url, { signal: replaced.signal })).blob();
        if (replaced.signal.aborted) return;
        URL.revokeObjectURL(address.peek());
        [address.value, problem.value] = [URL.createObjectURL(blob), null];
      } catch (error) {
        if (replaced.signal.aborted) return;
        problem.value = asProblem(error);
      }
      busy.value = false;
    }
    return () => {
      clearTimeout(timer);
      replaced.abort();
    };
  }, [url]);
  useEffect(() => () => URL.revokeObjectURL(address.peek()), []);
  return { address, busy, problem };
}

async function copy(url: string): Promise<void> {
  const whole = new URL(url, location.origin).href;
  const done = await navigator.clipboard.writeText(whole).then(() => true, () => false);
  if (done) tell("info", "out.copied");
  else prompt(t("templates.copy_address"), whole); // a page that came without TLS may not write to the clipboard
}
