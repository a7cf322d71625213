import { isHelpOpen } from "../canvas/help.ts";
import { isSaveOpen } from "../templates/save_open.ts";
import { t } from "../i18n/index.ts";
import { language, type Theme, theme } from "../state/settings.ts";
import { Menu, type MenuItem } from "../ui/index.ts";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** What is done seldom, how the page looks and speaks, and where to read more. */
export function AppMenu({ hasShortcuts = true }: { hasShortcuts?: boolean }) {
  const themes: MenuItem[] = THEMES.map((one) => ({
    label: t(`app.theme_${one}`), checked: theme.value === one, onClick: () => (theme.value = one),
  }));
  const items: MenuItem[] = [
    ...(hasShortcuts ? [{ label: t("templates.save_as"), icon: "duplicate", onClick: () => (isSaveOpen.value = true) } as const] : []),
    ...themes.map((one, at) => ({ ...one, apart: hasShortcuts && at === 0 })),
    { label: "English", apart: true, checked: language.value === "en", onClick: () => (language.value = "en") },
    { label: "简体中文", checked: language.value === "zh", onClick: () => (language.value = "zh") },
    ...(hasShortcuts ? [{ label: t("app.shortcuts"), hint: "?", apart: true, icon: "help", onClick: () => (isHelpOpen.value = true) } as const] : []),
    { label: t("app.reference"), apart: !hasShortcuts, icon: "code", onClick: () => location.assign("/docs") },
  ];
  return <Menu label={t("app.main_menu")} icon="settings" items={items} />;
}
