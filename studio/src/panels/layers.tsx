import { t } from "../i18n/index.ts";
import { splitting } from "./layer_splitting.ts";
import { later } from "./later.tsx";

const LayerList = later(async () => (await import("./layer_list.tsx")).LayerList);
const SplitDialog = later(async () => (await import("./layer_split.tsx")).SplitDialog);

/** Front first. */
export function LayersPanel() {
  return (
    <section class="layers" aria-label={t("layers.title")}>
      <h2>{t("layers.title")}</h2>
      <LayerList />
      {splitting.value !== null && <SplitDialog />}
    </section>
  );
}
