import { signal } from "@preact/signals";
import { aligned, type Arranging, boxOfAll, distributed, type Side } from "../geometry/arranging.ts";
import { t } from "../i18n/index.ts";
import { shown } from "../state/document.ts";
import { IconButton } from "../ui/index.ts";
import { commit } from "./commit.ts";

const SIDES: readonly Side[] = ["left", "center", "right", "top", "middle", "bottom"];

const toCanvas = signal(false);

/** Against the canvas; several layers against the box around them, unless the canvas is asked for. */
export function AlignButtons({ asked, disabled }: { asked: Arranging; disabled: boolean }) {
  const several = asked.meant.length > 1;
  const document = shown.value;
  if (document === null) return null;
  const run = (side: Side) => {
    const around = several && !toCanvas.value ? boxOfAll(asked) : null;
    commit(aligned(asked, side, around ?? [0, 0, document.width, document.height]));
  };
  return (
    <div class="align" role="group" aria-label={t(several && !toCanvas.value ? "properties.align_selection" : "properties.align_canvas")}>
      {SIDES.map((side) => (
        <IconButton key={side} icon={`align_${side}`} label={t(`properties.align_${side}`)} disabled={disabled} onClick={() => run(side)} />
      ))}
      {several && <Several {...{ asked, disabled }} />}
    </div>
  );
}

/** Of several: what they are aligned to, and, from three on, the room between them. */
function Several({ asked, disabled }: { asked: Arranging; disabled: boolean }) {
  const spread = (axis: "horizontal" | "vertical") => commit(distributed(asked, axis));
  return (
    <span class="align-more">
      <IconButton icon="image" label={t("properties.align_to_canvas")} pressed={toCanvas.value} disabled={disabled} onClick={() => (toCanvas.value = !toCanvas.value)} />
      {asked.meant.length > 2 && (
        <>
          <IconButton icon="spread_across" label={t("properties.spread_across")} disabled={disabled} onClick={() => spread("horizontal")} />
          <IconButton icon="spread_down" label={t("properties.spread_down")} disabled={disabled} onClick={() => spread("vertical")} />
        </>
      )}
    </span>
  );
}
