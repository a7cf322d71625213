/** Asks before something is deleted, and stays to say why it could not be. */

import { useSignal } from "@preact/signals";
import { asProblem, type Problem } from "../api/http.ts";
import { t } from "../i18n/index.ts";
import { Button, Dialog } from "../ui/index.ts";
import { ProblemCard } from "./problem_card.tsx";

export interface Removing {
  title: string;
  words: string;
  run: () => Promise<void>;
  /** It is gone. */
  done: () => void;
}

export function Removal({ of, onClose }: { of: Removing; onClose: () => void }) {
  const problem = useSignal<Problem | null>(null);
  const busy = useSignal(false);
  const remove = async () => {
    busy.value = true;
    problem.value = null;
    try {
      await of.run().catch((error: unknown) => {
        if (asProblem(error).code !== "not-found") throw error; // somebody else was faster
      });
      of.done();
      onClose();
    } catch (error) {
      problem.value = asProblem(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title={of.title} onClose={onClose}>
      <p>{of.words}</p>
      {problem.value !== null && <ProblemCard problem={problem.value} />}
      <div class="dialog-buttons">
        <Button label={t("start.keep")} onClick={onClose} />
        <Button label={t("start.remove")} kind="danger" disabled={busy.value} onClick={() => void remove()} />
      </div>
    </Dialog>
  );
}
