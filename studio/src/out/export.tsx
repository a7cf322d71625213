import { t } from "../i18n/index.ts";
import { doc } from "../state/document.ts";

export function DownloadLink() {
  const document = doc.value;
  if (document === null) return null;
  const url = `${document.urls.render}?revision=${document.revision}`;
  return <a class="button primary" href={url} download={`${document.name ?? "lamina"}.png`}>{t("out.download")}</a>;
}
