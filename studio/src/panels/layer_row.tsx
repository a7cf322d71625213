import type { TargetedMouseEvent, TargetedPointerEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Layer } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { layers, selection } from "../state/document.ts";
import { apply } from "../state/edit.ts";
import { Checkerboard, Icon } from "../ui/index.ts";
import { KindIcon, kindName } from "./kind_icon.tsx";
import { rename, setVisible, solo } from "./layer_commands.ts";
import { beginDrag, beginEyes } from "./layer_drag.ts";
import { drag, fold, menuAt, pick, renaming, tabbable } from "./layer_state.ts";
import { around, type Row } from "./layer_tree.ts";

/** Pixels across, for dense screens. */
const THUMBNAIL = 96;

export function LayerRow({ row }: { row: Row }) {
  const { layer, level, place, count, folded } = row;
  const { index, name } = layer;
  const held = drag.value;
  const isTarget = held?.target?.index === index;
  const isWritten = renaming.value === index;
  const classes = [
    "layer-row",
    isTarget ? `drop-${held.target?.where}` : "",
    held?.moved.includes(index) ? "taken" : "",
    layer.visible && !isInHidden(layer) ? "" : "not-shown",
  ];
  return (
    <li role="treeitem" class={classes.join(" ")} data-index={index} style={{ "--level": level - 1 }}
      aria-label={spoken(layer)} aria-level={level} aria-posinset={place} aria-setsize={count} aria-selected={selection.value.has(index)}
      aria-expanded={folded === null ? undefined : !folded} tabIndex={tabbable.value === index ? 0 : -1}
      onPointerDown={(event) => down(event, index)} onClick={(event) => clicked(event, index)}
      onDblClick={(event) => !isButton(event) && (renaming.value = index)} onContextMenu={(event) => openMenu(event, index)}>
      <Eye layer={layer} />
      <span class="layer-indent" />
      <span class="layer-fold">
        {folded !== null && (
          <button type="button" tabIndex={-1} aria-label={t(folded ? "layers.unfold" : "layers.fold", { name })} onClick={() => fold(index, !folded)}>
            <Icon name={folded ? "chevron_right" : "chevron_down"} />
          </button>
        )}
      </span>
      <Checkerboard class="layer-thumbnail">
        <Thumbnail layer={layer} />
      </Checkerboard>
      {isWritten ? <NameField layer={layer} /> : <span class="layer-name" title={name}>{name}</span>}
      <KindIcon kind={layer.kind} />
      <Lock layer={layer} />
    </li>
  );
}

/** Of what there is of it, not of the canvas: most layers are small, and nothing would be seen of them. */
export function Thumbnail({ layer: { edited_url: url } }: { layer: Layer }) {
  if (url === null) return null;
  return <img src={`${url.replace(".png", ".webp")}&w=${THUMBNAIL}`} alt="" loading="lazy" draggable={false} />;
}

/** Alt makes it the only one that shows. A press of the pointer may go on over other eyes. */
function Eye({ layer: { index, name, visible } }: { layer: Layer }) {
  return (
    <button type="button" class={`layer-eye ${visible ? "" : "off"}`} tabIndex={-1} title={t("layers.eye_hint")}
      aria-label={t(visible ? "layers.hide" : "layers.show", { name })}
      onPointerDown={(event) => event.button === 0 && beginEyes(event, index, visible)}
      onClick={(event) => {
        if (event.detail > 0) return; // the pointer has done it already
        if (event.altKey) solo(index);
        else setVisible([index], !visible);
      }}>
      <Icon name={visible ? "eye" : "eye_off"} />
    </button>
  );
}

function Lock({ layer: { index, name, locked } }: { layer: Layer }) {
  return (
    <button type="button" class={`layer-lock ${locked ? "" : "off"}`} tabIndex={-1} aria-label={t(locked ? "layers.unlock" : "layers.lock", { name })}
      title={t(locked ? "layers.unlock_them" : "layers.lock_them")} onClick={() => void apply([{ op: locked ? "unlock" : "lock", layer: index }])}>
      <Icon name={locked ? "lock" : "unlock"} />
    </button>
  );
}

function NameField({ layer: { index, name } }: { layer: Layer }) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.select(), []);
  const leave = () => (field.current?.closest<HTMLElement>("[role=treeitem]") ?? null)?.focus();
  return (
    <input ref={field} class="layer-name ui-input" aria-label={t("layers.name")} value={name} maxLength={200} spellcheck={false}
      onBlur={(event) => renaming.value === index && rename(index, event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.isComposing) return;
        if (event.key === "Escape") renaming.value = null;
        else if (event.key === "Enter" || event.key === "Tab") rename(index, event.currentTarget.value);
        else return;
        event.preventDefault();
        leave();
      }} />
  );
}

function isButton(event: Event): boolean {
  return event.target instanceof Element && event.target.closest("button, input") !== null;
}

function down(event: TargetedPointerEvent<HTMLElement>, index: number): void {
  if (event.button !== 0 || isButton(event)) return;
  const tree = event.currentTarget.closest<HTMLElement>("[role=tree]");
  if (tree !== null) beginDrag(event, tree, index);
}

function clicked(event: TargetedMouseEvent<HTMLElement>, index: number): void {
  if (isButton(event)) return;
  pick(index, { shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey });
}

function openMenu(event: TargetedMouseEvent<HTMLElement>, index: number): void {
  if (event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  if (!selection.value.has(index)) pick(index, { shift: false, ctrl: false });
  // From the keyboard there is no place: the row's own.
  const box = event.currentTarget.getBoundingClientRect();
  menuAt.value = event.clientX === 0 && event.clientY === 0 ? { x: box.left + 48, y: box.bottom } : { x: event.clientX, y: event.clientY };
}

function isInHidden(layer: Layer): boolean {
  const groups = around(layers.value, layer.index);
  return layers.value.some((one) => groups.includes(one.index) && !one.visible);
}

function spoken(layer: Layer): string {
  const words = [layer.name, kindName(layer.kind)];
  if (!layer.visible) words.push(t("layers.is_hidden"));
  if (layer.locked) words.push(t("layers.is_locked"));
  return words.join(", ");
}
