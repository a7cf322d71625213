import { tool } from "../canvas/feedback.ts";
import { t } from "../i18n/index.ts";
import { isTabbed } from "../state/layout.ts";
import { compare, fit, isExact, zoom, zoomTo } from "../state/view.ts";
import { IconButton, Menu, type MenuItem } from "../ui/index.ts";

const STEP = 1.25;
const STOPS = [0.5, 1, 2, 4];

/** How the canvas is looked at: whether it is exact, beside the original, how large. */
export function ViewControls() {
  const percent = (of: number) => t("app.percent", { n: Math.round(of * 100) });
  const items: MenuItem[] = [
    { label: t("canvas.fit"), hint: "Ctrl+0", icon: "fit", onClick: fit },
    ...STOPS.map((stop, at) => ({
      apart: at === 0, label: percent(stop), hint: stop === 1 ? "Ctrl+1" : undefined, checked: Math.abs(zoom.value - stop) < 0.005, onClick: () => zoomTo(stop),
    })),
  ];
  const few = isTabbed.value; // there two fingers zoom
  const isCompared = compare.value === "split";
  return (
    <div class="view-controls">
      <Badge />
      {!few && (
        <div class="toolbar-group" role="group" aria-label={t("app.toolbar")}>
          <IconButton icon="move" label={t("keys.moveTool")} hint="V" pressed={tool.value === "move"} onClick={() => (tool.value = "move")} />
          <IconButton icon="hand" label={t("keys.handTool")} hint="H" pressed={tool.value === "hand"} onClick={() => (tool.value = "hand")} />
        </div>
      )}
      <IconButton icon="compare" label={t("canvas.compare")} pressed={isCompared} onClick={() => (compare.value = isCompared ? "off" : "split")} />
      <div class="toolbar-group" role="group" aria-label={t("canvas.view")}>
        {!few && <IconButton icon="minus" label={t("canvas.zoomOut")} hint="Ctrl+-" onClick={() => zoomTo(zoom.value / STEP)} />}
        <span class="zoom"><Menu label={percent(zoom.value)} items={items} /></span>
        {!few && <IconButton icon="plus" label={t("canvas.zoomIn")} hint="Ctrl++" onClick={() => zoomTo(zoom.value * STEP)} />}
      </div>
    </div>
  );
}

function Badge() {
  const exactness = isExact.value ? "exact" : "preview";
  return <p class={`badge ${exactness}`} title={t(`canvas.${exactness}_hint`)}>{t(`canvas.${exactness}`)}</p>;
}
