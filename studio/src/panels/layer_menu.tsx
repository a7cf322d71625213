import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { layers, selected } from "../state/document.ts";
import { type MenuItem, MenuPopup } from "../ui/menu.tsx";
import * as commands from "./layer_commands.ts";
import { focusRow, menuAt, moved, tabbable } from "./layer_state.ts";
import { stepped, toEnd } from "./layer_tree.ts";

/** All that can be done to what is selected. */
export function menuItems(): MenuItem[] {
  const some = selected.value;
  const isOne = some.length === 1;
  const isAny = some.length > 0;
  const hasGroup = some.some((layer) => layer.kind === "group");
  const isLocked = isAny && some.every((layer) => layer.locked);
  const isShown = isAny && some.every((layer) => layer.visible);
  const [all, indices] = [layers.value, moved.value];
  return [
    { label: t("layers.rename"), hint: "F2", disabled: !isOne, onClick: commands.startRenaming },
    { label: t(isShown ? "layers.hide_them" : "layers.show_them"), icon: isShown ? "eye_off" : "eye", hint: "Ctrl+Shift+H", disabled: !isAny, onClick: commands.toggleVisible },
    { label: t("layers.solo"), hint: t("layers.solo_hint"), disabled: !isOne, onClick: () => isOne && commands.solo(some[0]!.index) },
    { label: t(isLocked ? "layers.unlock_them" : "layers.lock_them"), icon: isLocked ? "unlock" : "lock", hint: "Ctrl+Shift+L", disabled: !isAny, onClick: commands.toggleLocked },
    { label: t("layers.group"), apart: true, icon: "group", hint: "Ctrl+G", disabled: !isAny, onClick: () => void commands.group() },
    { label: t("layers.ungroup"), icon: "ungroup", hint: "Ctrl+Shift+G", disabled: !hasGroup, onClick: () => void commands.ungroup() },
    { label: t("layers.duplicate"), icon: "duplicate", hint: "Ctrl+J", disabled: !isAny, onClick: () => void commands.duplicate() },
    { label: t("layers.split"), icon: "split", disabled: !commands.canSplit(), onClick: commands.split },
    { label: t("layers.to_front"), apart: true, icon: "top", disabled: toEnd(all, indices, true) === null, onClick: () => commands.sendToEnd(true) },
    { label: t("layers.forward"), icon: "up", hint: "Alt+↑", disabled: stepped(all, indices, true) === null, onClick: () => commands.step(true) },
    { label: t("layers.backward"), icon: "down", hint: "Alt+↓", disabled: stepped(all, indices, false) === null, onClick: () => commands.step(false) },
    { label: t("layers.to_back"), icon: "bottom", disabled: toEnd(all, indices, false) === null, onClick: () => commands.sendToEnd(false) },
    { label: t("layers.flip_h"), apart: true, icon: "flip_h", disabled: !isAny, onClick: () => commands.flip("horizontal") },
    { label: t("layers.flip_v"), icon: "flip_v", disabled: !isAny, onClick: () => commands.flip("vertical") },
    { label: t("layers.delete"), apart: true, icon: "trash", hint: "Del", disabled: !isAny, onClick: () => void commands.remove() },
  ];
}

/** Where the right button was pressed. */
export function LayerMenu() {
  const point = useRef<HTMLSpanElement>(null);
  const at = menuAt.value;
  useEffect(() => {
    const scrolled = () => (menuAt.value = null);
    window.addEventListener("wheel", scrolled, { passive: true });
    return () => window.removeEventListener("wheel", scrolled);
  }, []);
  if (at === null) return null;
  return (
    <>
      <span ref={point} class="layer-menu-point" style={{ left: `${at.x}px`, top: `${at.y}px` }} />
      <MenuPopup key={`${at.x},${at.y}`} id="layer-menu" label={t("layers.menu")} items={menuItems()} begin="first" button={point} close={close} />
    </>
  );
}

function close(refocus: boolean): void {
  menuAt.value = null;
  if (refocus) focusRow(tabbable.value);
}
