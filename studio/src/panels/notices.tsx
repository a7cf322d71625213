import { t } from "../i18n/index.ts";
import { dismiss, notices } from "../state/notices.ts";

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite" aria-label={t("app.notices")}>
      {notices.value.map(({ id, kind, text, action }) => (
        <div key={id} class={`notice ${kind}`}>
          <p>{text}</p>
          {action !== null && <button type="button" onClick={action.run}>{action.label}</button>}
          <button type="button" aria-label={t("app.dismiss")} onClick={() => dismiss(id)}>×</button>
        </div>
      ))}
    </div>
  );
}
