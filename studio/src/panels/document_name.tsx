import type { TargetedFocusEvent, TargetedKeyboardEvent } from "preact";
import { t } from "../i18n/index.ts";
import { doc } from "../state/document.ts";
import { rename } from "../state/edit.ts";

const LONGEST = 200;

/** A heading that can be written in. Enter and leaving keep what was written, Escape brings back what was there. */
export function DocumentName() {
  const document = doc.value;
  if (document === null) return <h1 class="document-name">{t("app.opening")}</h1>;
  const name = document.name ?? "";

  function left(event: TargetedFocusEvent<HTMLInputElement>): void {
    const written = event.currentTarget.value.trim();
    if (written === name) event.currentTarget.value = name;
    else void rename(written === "" ? null : written);
  }
  function keyDown(event: TargetedKeyboardEvent<HTMLInputElement>): void {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    if (event.key === "Escape") event.currentTarget.value = name;
    event.currentTarget.blur();
  }
  return (
    <>
      <h1 class="ui-unseen">{name || t("app.untitled")}</h1>
      <input key={name} class="document-name" aria-label={t("app.name")} title={name} value={name} placeholder={t("app.untitled")}
        maxLength={LONGEST} spellcheck={false} onFocus={(event) => event.currentTarget.select()} onBlur={left} onKeyDown={keyDown} />
    </>
  );
}
