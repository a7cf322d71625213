import { signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { TargetedDragEvent } from "preact";
import { upload } from "../api/assets.ts";
import { asProblem } from "../api/http.ts";
import type { Layer, Operation } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { apply } from "../state/edit.ts";
import { isLocked } from "../state/leaves.ts";
import { tellProblem } from "../state/notices.ts";
import { Checkbox, Icon, Select } from "../ui/index.ts";

const FITS = ["contain", "cover", "fill"] as const;

const fit = signal("contain");
const masked = signal(false);

/** Another picture in the layer's place. */
export function Replace({ layer }: { layer: Layer }) {
  const disabled = isLocked.value;
  const keep = ["position", "opacity", "blend", ...(masked.value ? ["mask"] : [])];
  const replace = (asset: string) => apply([{ op: "replace", layer: layer.index, asset, fit: fit.value, keep }]);
  return (
    <div class="replace">
      <PictureDrop label={t("properties.replace_drop")} disabled={disabled} use={replace} />
      <Select label={t("properties.fit")} value={fit.value} options={FITS.map((one) => [one, t(`properties.fit_${one}`)])} disabled={disabled} onChange={(to) => (fit.value = to)} />
      <Checkbox label={t("properties.masked")} checked={masked.value} disabled={disabled} onChange={(to) => (masked.value = to)} />
    </div>
  );
}

/** A picture as a new layer: right above the one that is selected, or on top. */
export function AddPicture({ above }: { above?: Layer | undefined }) {
  const add = (asset: string, name: string) => {
    const operation: Operation = { op: "add", asset, ...(name === "" ? {} : { name }) };
    return apply([above === undefined ? operation : { ...operation, above: above.index }]);
  };
  return <PictureDrop label={t("properties.add_drop")} disabled={false} use={add} />;
}

interface PictureDropProps {
  label: string;
  disabled: boolean;
  use: (asset: string, name: string) => Promise<boolean>;
}

/** Takes a picture by drop, or by a file that is chosen. */
function PictureDrop({ label, disabled, use }: PictureDropProps) {
  const input = useRef<HTMLInputElement>(null);
  const over = useSignal(false);
  const busy = useSignal(false);

  async function take(file: File | null | undefined): Promise<void> {
    if (file === null || file === undefined || busy.value) return;
    busy.value = true;
    try {
      const { sha256 } = await upload(file, file.name);
      await use(sha256, file.name.replace(/\.[^.]*$/, "").trim().slice(0, 100));
    } catch (error) {
      tellProblem(asProblem(error));
    }
    busy.value = false;
  }
  const drag = (event: TargetedDragEvent<HTMLElement>) => {
    if (disabled || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.stopPropagation();
    over.value = event.type !== "dragleave" && event.type !== "drop";
    if (event.type === "drop") void take(event.dataTransfer.files[0]);
  };
  return (
    <div class={`drop${over.value ? " over" : ""}`} onDragEnter={drag} onDragOver={drag} onDragLeave={drag} onDrop={drag}>
      <button type="button" class="drop-button" disabled={disabled || busy.value} aria-busy={busy.value} onClick={() => input.current?.click()}>
        <Icon name="upload" />
        <span>{busy.value ? t("properties.uploading") : label}</span>
      </button>
      <input ref={input} type="file" accept="image/*" hidden tabIndex={-1} aria-label={label}
        onChange={(event) => { void take(event.currentTarget.files?.[0]); event.currentTarget.value = ""; }} />
    </div>
  );
}
