import { signal } from "@preact/signals";
import { boxOfAll, flipped, movedTo, resized, turned } from "../geometry/arranging.ts";
import { t } from "../i18n/index.ts";
import { layers, selected } from "../state/document.ts";
import { isLocked } from "../state/leaves.ts";
import { IconButton, NumberField } from "../ui/index.ts";
import { AlignButtons } from "./align.tsx";
import { commit } from "./commit.ts";

/** Pixels: as far as other programs' files go, and within what the API scales and moves by. */
const LARGEST = 30_000;
const FARTHEST = 100_000;

const keepsRatio = signal(true);

/** Where the selection lies, how large it is and how it is turned: of several layers, the box around them. */
export function Place() {
  const asked = { layers: layers.value, meant: selected.value };
  const box = boxOfAll(asked);
  if (box === null) return null;
  const [x, y, width, height] = box.map(shown) as [number, number, number, number];
  // In the axes of the canvas a turned layer would become a parallelogram.
  const isTurned = selected.value.some((layer) => layer.angle % 90 !== 0);
  const keeps = keepsRatio.value || isTurned;
  const disabled = isLocked.value;
  const [first] = selected.value;
  const angle = selected.value.length === 1 && first !== undefined ? shown(signed(first.angle)) : 0;
  const ratio = height === 0 ? 1 : box[2] / box[3];
  return (
    <div class="place">
      <div class="place-grid">
        <NumberField label="X" hint={t("properties.x")} value={x} min={-FARTHEST} max={FARTHEST} unit="px" disabled={disabled} onCommit={(to) => to !== x && commit(movedTo(asked, to, null))} />
        <NumberField label="Y" hint={t("properties.y")} value={y} min={-FARTHEST} max={FARTHEST} unit="px" disabled={disabled} onCommit={(to) => to !== y && commit(movedTo(asked, null, to))} />
        <IconButton icon="rotate_left" label={t("properties.turn_left")} disabled={disabled} onClick={() => commit(turned(asked, -90))} />
        <NumberField label="W" hint={t("properties.width")} value={width} min={1} max={LARGEST} unit="px" disabled={disabled} onCommit={(to) => to !== width && commit(resized(asked, to, keeps ? to / ratio : null))} />
        <NumberField label="H" hint={t("properties.height")} value={height} min={1} max={LARGEST} unit="px" disabled={disabled} onCommit={(to) => to !== height && commit(resized(asked, keeps ? to * ratio : null, to))} />
        <IconButton icon="link" label={t("properties.keep_ratio")} pressed={keeps} disabled={disabled || isTurned} onClick={() => (keepsRatio.value = !keepsRatio.value)} />
        <NumberField label="∠" hint={t("properties.angle")} value={angle} unit="°" disabled={disabled} onCommit={(to) => to !== angle && commit(turned(asked, to - angle))} />
        <div class="place-flips">
          <IconButton icon="flip_h" label={t("properties.flip_h")} disabled={disabled} onClick={() => commit(flipped(asked, "horizontal"))} />
          <IconButton icon="flip_v" label={t("properties.flip_v")} disabled={disabled} onClick={() => commit(flipped(asked, "vertical"))} />
        </div>
        <IconButton icon="rotate_right" label={t("properties.turn_right")} disabled={disabled} onClick={() => commit(turned(asked, 90))} />
      </div>
      <AlignButtons asked={asked} disabled={disabled} />
    </div>
  );
}

/** Two digits are enough to see. */
function shown(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}

/** Of 0 to 360, the way that is nearer. */
function signed(degrees: number): number {
  return degrees > 180 ? degrees - 360 : degrees;
}
