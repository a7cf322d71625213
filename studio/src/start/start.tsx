import { useSignal } from "@preact/signals";
import { decompose } from "../api/decompositions.ts";
import { asProblem } from "../api/http.ts";
import { t } from "../i18n/index.ts";
import { Choices } from "../panels/choices.tsx";
import { tellProblem } from "../state/notices.ts";
import { go } from "../state/route.ts";

export function Start() {
  const isSending = useSignal(false);
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    isSending.value = true;
    try {
      go((await decompose(file, file.name, {})).id);
    } catch (error) {
      tellProblem(asProblem(error));
      isSending.value = false;
    }
  };
  return (
    <main class="start">
      <h1>Lamina</h1>
      <p>{t("app.tagline")}</p>
      <label class={`button primary ${isSending.value ? "busy" : ""}`}>
        {t(isSending.value ? "start.uploading" : "start.choose")}
        <input type="file" accept="image/png,image/jpeg,image/webp,image/avif,image/gif" disabled={isSending.value}
          onChange={(event) => void take(event.currentTarget.files?.[0])} />
      </label>
      <p class="hint">{t("start.hint")}</p>
      <div class="choices"><Choices /></div>
    </main>
  );
}
