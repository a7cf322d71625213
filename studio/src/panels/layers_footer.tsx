import { useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { selected } from "../state/document.ts";
import { IconButton, Menu } from "../ui/index.ts";
import * as commands from "./layer_commands.ts";
import { menuItems } from "./layer_menu.tsx";

/** What is done most, with one press; all of it in the menu. */
export function LayersFooter() {
  const file = useRef<HTMLInputElement>(null);
  const some = selected.value;
  const isAny = some.length > 0;
  const isGroup = isAny && some.every((layer) => layer.kind === "group");
  return (
    <div class="layers-footer" role="toolbar" aria-label={t("layers.tools")}>
      <IconButton icon="plus" label={t("layers.add")} onClick={() => file.current?.click()} />
      <input ref={file} class="layers-file" type="file" tabIndex={-1} aria-hidden="true" accept="image/png,image/jpeg,image/webp,image/avif,image/gif"
        onChange={(event) => {
          const [picture] = event.currentTarget.files ?? [];
          event.currentTarget.value = "";
          if (picture !== undefined) void commands.addPictures([picture]);
        }} />
      {isGroup ? (
        <IconButton icon="ungroup" label={t("layers.ungroup")} hint="Ctrl+Shift+G" onClick={() => void commands.ungroup()} />
      ) : (
        <IconButton icon="group" label={t("layers.group")} hint="Ctrl+G" disabled={!isAny} onClick={() => void commands.group()} />
      )}
      <IconButton icon="duplicate" label={t("layers.duplicate")} hint="Ctrl+J" disabled={!isAny} onClick={() => void commands.duplicate()} />
      <IconButton icon="split" label={t("layers.split")} disabled={!commands.canSplit()} onClick={commands.split} />
      <Menu icon="more" label={t("layers.menu")} items={menuItems()} />
      <IconButton icon="trash" label={t("layers.delete")} hint="Del" disabled={!isAny} onClick={() => void commands.remove()} />
    </div>
  );
}
