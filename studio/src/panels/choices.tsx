import { t } from "../i18n/index.ts";
import { type Language, language, type Theme, theme } from "../state/settings.ts";

/** Theme and language. */
export function Choices() {
  return (
    <>
      <select aria-label={t("app.theme")} value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as Theme)}>
        <option value="system">{t("app.theme_system")}</option>
        <option value="light">{t("app.theme_light")}</option>
        <option value="dark">{t("app.theme_dark")}</option>
      </select>
      <select aria-label={t("app.language")} value={language.value} onChange={(event) => (language.value = event.currentTarget.value as Language)}>
        <option value="en" lang="en">English</option>
        <option value="zh" lang="zh-Hans">中文</option>
      </select>
    </>
  );
}
