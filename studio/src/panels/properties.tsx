import { t } from "../i18n/index.ts";
import { selected } from "../state/document.ts";

/** Of what is selected; each part of it is a file of its own. */
export function PropertiesPanel() {
  const [first] = selected.value;
  return (
    <section class="properties" aria-label={t("properties.title")}>
      <h2>{t("properties.title")}</h2>
      <p class="empty">{first === undefined ? t("properties.none") : first.name}</p>
    </section>
  );
}
