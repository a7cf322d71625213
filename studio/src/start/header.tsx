/** The name, and how the page is to look and speak. */

import { t } from "../i18n/index.ts";
import { go } from "../state/route.ts";
import { AppMenu } from "../panels/app_menu.tsx";
import { abandon, refused } from "./begin.ts";

export function Header() {
  const home = (event: Event) => {
    event.preventDefault();
    refused.value = null;
    abandon();
    go("");
  };
  return (
    <header class="home-header">
      <a class="brand" href="#" aria-label={t("app.home")} onClick={home}>
        <img src="/studio/icon.svg" alt="" width="24" height="24" /> Lamina
      </a>
      <nav>
        <a href="/docs">{t("start.reference")}</a>
        <AppMenu hasShortcuts={false} />
      </nav>
    </header>
  );
}
