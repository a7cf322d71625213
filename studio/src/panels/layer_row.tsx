import type { Layer } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { select, selection } from "../state/document.ts";
import { apply } from "../state/edit.ts";
import { EyeIcon, EyeOffIcon } from "./icons.tsx";

export function LayerRow({ layer }: { layer: Layer }) {
  const { index, name, visible } = layer;
  const isSelected = selection.value.has(index);
  const toggle = () => void apply([{ op: visible ? "hide" : "show", layer: index }]);
  const pick = (event: MouseEvent) => select(event.ctrlKey || event.metaKey ? toggled(index) : [index]);
  return (
    <li class={`${isSelected ? "selected" : ""} ${layer.parent === null ? "" : "inner"}`}>
      <button type="button" class="eye" aria-pressed={visible} aria-label={t(visible ? "layers.hide" : "layers.show", { name })} onClick={toggle}>
        {visible ? <EyeIcon /> : <EyeOffIcon />}
      </button>
      <button type="button" class="row" aria-pressed={isSelected} onClick={pick}>
        {layer.thumbnail_url === null ? <span class="thumbnail" /> : <img class="thumbnail" src={layer.thumbnail_url} alt="" loading="lazy" />}
        <span class="name">{name}</span>
      </button>
    </li>
  );
}

function toggled(index: number): Set<number> {
  const indices = new Set(selection.value);
  if (!indices.delete(index)) indices.add(index);
  return indices;
}
