import { useSignal } from "@preact/signals";
import { asProblem } from "../api/http.ts";
import { t } from "../i18n/index.ts";
import { tellProblem } from "../state/notices.ts";
import { Button } from "../ui/index.ts";
import { save } from "./download.ts";

interface Props {
  url: string;
  name: string;
  /** With what the file could not hold. */
  onSaved?: (warnings: readonly string[]) => void;
}

/** A file's name and the button that fetches it. */
export function Save({ url, name, onSaved }: Props) {
  const busy = useSignal(false);
  async function run(): Promise<void> {
    busy.value = true;
    try {
      const warnings = await save(url, name);
      onSaved?.(warnings);
    } catch (error) {
      tellProblem(asProblem(error));
    }
    busy.value = false;
  }
  return (
    <div class="export-save">
      <code title={url}>{name}</code>
      <Button kind="primary" icon="download" label={busy.value ? t("out.saving") : t("out.download")} disabled={busy.value} onClick={() => void run()} />
    </div>
  );
}
