import { t } from "../i18n/index.ts";
import { dismiss, hold, letGo, notices } from "../state/notices.ts";
import { said } from "../state/spoken.ts";
import { Button, Icon, type IconName, IconButton } from "../ui/index.ts";

const ICONS = { info: "check", warning: "warning", error: "warning" } as const satisfies Record<string, IconName>;

/** The one live region of the page: messages, and unseen what else is to be said. It is there from the beginning, as
 * screen readers heed only what changes in it. Messages go by themselves, but not while the pointer or the keyboard is
 * on them. */
export function Notices() {
  const { text, n } = said.value;
  return (
    <div class="notices" role="status" aria-live="polite" aria-atomic="false" aria-label={t("app.notices")} onPointerEnter={hold} onPointerLeave={letGo} onFocusCapture={hold} onBlurCapture={letGo}>
      <span key={`said ${n}`} class="ui-unseen">{text}</span>
      {notices.value.map(({ id, kind, text, action }) => (
        <div key={id} class={`notice ${kind}`}>
          <Icon name={ICONS[kind]} />
          <p>{text}</p>
          {action !== null && <Button label={action.label} onClick={() => { dismiss(id); action.run(); }} />}
          <IconButton icon="close" label={t("app.dismiss")} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
