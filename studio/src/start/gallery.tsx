/** What was made before: templates to fill, documents to go on with, and pictures that were taken apart, to begin anew from. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { decompositions, removeDecomposition } from "../api/decompositions.ts";
import { createDocument, documents, documentsOf, removeDocument } from "../api/documents.ts";
import { asProblem, Problem } from "../api/http.ts";
import { removeTemplate, type Template, templates } from "../api/templates.ts";
import type { Decomposition, Document } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { tellProblem } from "../state/notices.ts";
import { go } from "../state/route.ts";
import { Button } from "../ui/index.ts";
import { Card, Skeletons } from "./card.tsx";
import { Removal, type Removing } from "./removal.tsx";
import { ProblemCard } from "./problem_card.tsx";
import { shelf, type Shelf } from "./shelf.ts";

const made = shelf<Template>(templates);
const edited = shelf<Document>(documents);
const apart = shelf<Decomposition>(decompositions);

export function Gallery() {
  const removing = useSignal<Removing | null>(null);
  const opening = useSignal<string | null>(null);
  useEffect(() => {
    void made.renew();
    void edited.renew();
    void apart.renew();
  }, []);
  const open = async (id: string) => {
    if (opening.value !== null) return;
    opening.value = id;
    try {
      go((await createDocument(id, null)).id);
    } catch (error) {
      tellProblem(asProblem(error));
    } finally {
      opening.value = null;
    }
  };
  if (made.items.value?.length === 0 && edited.items.value?.length === 0 && apart.items.value?.length === 0) {
    return <section class="gallery gallery-empty"><p>{t("start.empty")}</p></section>;
  }
  return (
    <>
      <Section of={made} title={t("templates.title")} card={(template) => (
        <Card key={template.id} title={template.name} picture={template.thumbnail_url}
          when={template.updated_at} more={variablesOf(template)} href={`#template/${encodeURIComponent(template.name)}`}
          onRemove={() => (removing.value = asTemplate(template))} />
      )} />
      <Section of={edited} title={t("start.documents")} card={(document) => (
        <Card key={document.id} title={document.name || t("start.untitled")} picture={document.thumbnail_url}
          when={document.updated_at} more={t("start.size", { width: document.width, height: document.height })}
          href={`#${document.id}`}
          onRemove={() => (removing.value = asDocument(document))} />
      )} />
      <Section of={apart} title={t("start.apart")} card={(found) => (
        <Card key={found.id} title={layersOf(found)} picture={found.thumbnail_url}
          when={found.created_at} more={found.model.name} busy={opening.value === found.id}
          onOpen={() => void open(found.id)}
          onRemove={() => (removing.value = asDecomposition(found))} />
      )} />
      {removing.value !== null && <Removal of={removing.value} onClose={() => (removing.value = null)} />}
    </>
  );
}

function Section<Item>(props: { of: Shelf<Item>; title: string; card: (item: Item) => preact.ComponentChild }) {
  const { items, next, loading, problem, more, renew } = props.of;
  if (items.value?.length === 0 && problem.value === null) return null;
  return (
    <section class="gallery" aria-label={props.title} aria-busy={loading.value}>
      <h2>{props.title}</h2>
      <ul>
        {items.value === null && problem.value === null ? <Skeletons /> : items.value?.map(props.card)}
      </ul>
      {problem.value !== null && (
        <ProblemCard problem={problem.value}>
          <Button label={t("start.again")} onClick={() => void (items.value === null ? renew() : more())} />
        </ProblemCard>
      )}
      {next.value !== null && problem.value === null && (
        <Button label={t("start.more")} disabled={loading.value} onClick={() => void more()} />
      )}
    </section>
  );
}

function asTemplate({ name }: Template): Removing {
  return {
    title: t("templates.remove", { name }),
    words: t("templates.remove_words"),
    run: () => removeTemplate(name),
    done: () => made.drop(name),
  };
}

function asDocument(document: Document): Removing {
  return {
    title: t("start.remove_document", { name: document.name || t("start.untitled") }),
    words: t("start.remove_document_words"),
    run: () => removeDocument(document.id),
    done: () => edited.drop(document.id),
  };
}

function asDecomposition(found: Decomposition): Removing {
  return {
    title: t("start.remove_apart"),
    words: t("start.remove_apart_words"),
    run: () => removeDecomposition(found.id).catch((error: unknown) => told(asProblem(error), found.id)),
    done: () => apart.drop(found.id),
  };
}

/** Documents that stand in the way are named as they are in the list above, not by their ids. */
async function told(problem: Problem, decompositionId: string): Promise<never> {
  if (problem.code !== "decomposition-in-use") throw problem;
  const names = (await documentsOf(decompositionId)).map(({ name }) => name || t("start.untitled"));
  throw new Problem({ code: problem.code, detail: names.join(", ") }, problem.status);
}

function variablesOf({ variables }: Template): string {
  const count = Object.keys(variables).length;
  return count === 1 ? t("templates.one_variable") : t("templates.variable_count", { count });
}

function layersOf({ layer_count: count }: Decomposition): string {
  return count === 1 ? t("start.one_layer") : t("start.layer_count", { count });
}
