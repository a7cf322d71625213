/** A document becomes a template: what of its layers may vary. */

import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { asProblem } from "../api/http.ts";
import { saveTemplate } from "../api/templates.ts";
import type { Document, Layer } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { wordsOf } from "../i18n/problem.ts";
import { go } from "../state/route.ts";
import { Button, Checkbox, Dialog } from "../ui/index.ts";
import { type Kind, type Row, rowsOf, slug, variablesOf } from "./proposed.ts";
import { isSaveOpen } from "./save_open.ts";

export function SaveTemplate({ document }: { document: Document }) {
  const name = useSignal(slug(document.name ?? "") || "template");
  const chosen = useSignal<readonly (readonly [Layer, Kind])[]>([]);
  const wrong = useSignal("");
  /** The name is taken: it can become the next version. */
  const taken = useSignal("");
  const busy = useSignal(false);
  const id = useId();
  const isTaken = taken.value !== "" && taken.value === name.value.trim();

  async function save(): Promise<void> {
    [busy.value, wrong.value] = [true, ""];
    const draft = { name: name.value.trim(), document_id: document.id, revision: document.revision, variables: variablesOf(chosen.value) };
    try {
      const made = await saveTemplate(draft, isTaken);
      isSaveOpen.value = false;
      go(`template/${encodeURIComponent(made.name)}`);
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === "revision-conflict") taken.value = draft.name;
      else wrong.value = wordsOf(problem);
    }
    busy.value = false;
  }
  return (
    <Dialog title={t("templates.save_as")} onClose={() => (isSaveOpen.value = false)}>
      <form class="template-save" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <div class="template-name">
          <label for={id}>{t("templates.name")}</label>
          <input id={id} class="ui-input" autofocus required maxLength={100} spellcheck={false} autocomplete="off" value={name.value}
            aria-describedby={`${id}-hint`} onInput={(event) => (name.value = event.currentTarget.value)} />
          <p id={`${id}-hint`} class="share-hint">{t(isTaken ? "templates.taken" : "templates.name_hint")}</p>
        </div>
        <fieldset>
          <legend>{t("templates.may_vary")}</legend>
          <div class="template-rows">
            {rowsOf(document.layers).map((row) => (
              <LayerRow key={row.layer.index} row={row} chosen={chosen.value} onChange={(to) => (chosen.value = to)} />
            ))}
          </div>
        </fieldset>
        {wrong.value !== "" && <p class="template-wrong" role="alert">{wrong.value}</p>}
        <div class="dialog-buttons">
          <Button kind="primary" icon="check" disabled={busy.value || chosen.value.length === 0}
            label={t(isTaken ? "templates.save_version" : "templates.save")} onClick={() => void save()} />
        </div>
      </form>
    </Dialog>
  );
}

interface LayerRowProps {
  row: Row;
  chosen: readonly (readonly [Layer, Kind])[];
  onChange: (chosen: readonly (readonly [Layer, Kind])[]) => void;
}

function LayerRow({ row: { layer, kinds }, chosen, onChange }: LayerRowProps) {
  const isOne = (kind: Kind) => ([other, its]: readonly [Layer, Kind]) => other.index === layer.index && its === kind;
  return (
    <div role="group" aria-label={layer.name}>
      <span class="template-thumb ui-checkerboard">{layer.thumbnail_url !== null && <img src={layer.thumbnail_url} alt="" />}</span>
      <span class="template-layer">{layer.name}</span>
      {kinds.map((kind) => (
        <Checkbox key={kind} label={t(`templates.kind_${kind}`)} checked={chosen.some(isOne(kind))}
          onChange={(is) => onChange(is ? [...chosen, [layer, kind]] : chosen.filter((one) => !isOne(kind)(one)))} />
      ))}
    </div>
  );
}
