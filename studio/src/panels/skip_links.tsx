import { t } from "../i18n/index.ts";

/** Seen when the keyboard is on them, first of all on the page. They are no links by address: that is the document's. */
export function SkipLinks({ isEditor }: { isEditor: boolean }) {
  const to = (selector: string) => () => {
    const there = document.querySelector<HTMLElement>(selector);
    if (there === null) return;
    if (there.tabIndex < 0) there.tabIndex = -1;
    there.focus();
  };
  return (
    <nav class="skip-links" aria-label={t("app.skip")}>
      <button type="button" class="ui-button ui-primary" onClick={to("main")}>{t("app.skip_to_main")}</button>
      {isEditor && <button type="button" class="ui-button ui-primary" onClick={to(".layers")}>{t("app.skip_to_layers")}</button>}
    </nav>
  );
}
