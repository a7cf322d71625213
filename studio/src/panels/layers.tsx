import { t } from "../i18n/index.ts";
import { layers } from "../state/document.ts";
import { LayerRow } from "./layer_row.tsx";
import { LayersFooter } from "./layers_footer.tsx";

/** Front first. */
export function LayersPanel() {
  const frontFirst = layers.value.toReversed();
  return (
    <section class="layers" aria-label={t("layers.title")}>
      <h2>{t("layers.title")}</h2>
      {frontFirst.length === 0 && <p class="empty">{t("layers.none")}</p>}
      <ul>
        {frontFirst.map((layer) => <LayerRow key={layer.index} layer={layer} />)}
      </ul>
      <LayersFooter />
    </section>
  );
}
