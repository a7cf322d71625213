/** One picture of the gallery. */

import { t } from "../i18n/index.ts";
import { language } from "../state/settings.ts";
import { IconButton } from "../ui/index.ts";

interface Of {
  title: string;
  more: string;
  picture: string;
  when: string;
  /** Where it leads, or what opens it. */
  href?: string;
  onOpen?: () => void;
  busy?: boolean;
  onRemove: () => void;
}

export function Card({ title, more, picture, when, href, onOpen, busy, onRemove }: Of) {
  const inside = (
    <>
      <span class="card-picture ui-checkerboard"><img src={picture} alt="" loading="lazy" draggable={false} /></span>
      <span class="card-title">{title}</span>
      <span class="card-more">
        {more} · <time dateTime={when} title={new Date(when).toLocaleString(locale())}>{ago(when)}</time>
      </span>
    </>
  );
  return (
    <li class="card" aria-busy={busy ?? false}>
      {href === undefined
        ? <button type="button" class="card-open" onClick={onOpen} disabled={busy}>{inside}</button>
        : <a class="card-open" href={href} draggable={false}>{inside}</a>}
      <span class="card-remove">
        <IconButton icon="trash" label={t("start.remove_named", { name: title })} onClick={onRemove} />
      </span>
    </li>
  );
}

export function Skeletons() {
  return <>{Array.from({ length: 6 }, (_, index) => <li class="card skeleton" key={index} aria-hidden="true" />)}</>;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [["minute", 60], ["hour", 60], ["day", 24], ["month", 30.4]];

/** "3 hours ago", in the reader's language; a year and more is a date. */
function ago(when: string): string {
  let count = Math.max(0, (Date.now() - Date.parse(when)) / 1000);
  let unit: Intl.RelativeTimeFormatUnit = "second";
  if (count < 45) return t("start.just_now");
  if (count > 330 * 86_400) return new Date(when).toLocaleDateString(locale());
  for (const [larger, size] of STEPS) {
    if (count < size) break;
    count /= size;
    unit = larger;
  }
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(-Math.round(count), unit);
}

function locale(): string {
  return language.value === "zh" ? "zh-CN" : "en";
}
