import type { TargetedKeyboardEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { doc, select, selection, shown } from "../state/document.ts";
import { Checkerboard, Disclosure, IconButton } from "../ui/index.ts";
import { treeKey } from "./layer_keys.ts";
import { LayerMenu } from "./layer_menu.tsx";
import { restoreLayer } from "./layer_commands.ts";
import { LayerRow, Thumbnail } from "./layer_row.tsx";
import { drag, renaming, rows, tabbable } from "./layer_state.ts";
import { deletedOf } from "./layer_tree.ts";
import { LayersFooter } from "./layers_footer.tsx";
import { LayersHeader } from "./layers_header.tsx";

/** All of the panel below its heading. */
export function LayerList() {
  return (
    <>
      <LayersHeader />
      <Tree />
      <Deleted />
      <LayersFooter />
      <LayerMenu />
      <Taken />
    </>
  );
}

function Tree() {
  const tree = useRef<HTMLUListElement>(null);
  const at = tabbable.value;
  // The keyboard goes along with its row; what is selected elsewhere comes into view.
  useEffect(() => {
    const row = tree.current?.querySelector<HTMLElement>(`[data-index="${at}"]`);
    const active = document.activeElement;
    if (row && active !== null && active !== row && tree.current?.contains(active) && renaming.value === null) row.focus({ preventScroll: true });
    if (drag.peek() === null) row?.scrollIntoView({ block: "nearest" });
  }, [at, rows.value.length]);
  const keyDown = (event: TargetedKeyboardEvent<HTMLUListElement>) => {
    if (!treeKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  if (doc.value !== null && rows.value.length === 0) return <p class="empty layer-tree">{t("layers.none")}</p>;
  return (
    <ul ref={tree} class="layer-tree" role="tree" aria-label={t("layers.title")} aria-multiselectable="true" onKeyDown={keyDown}
      onClick={(event) => event.target === event.currentTarget && selection.value.size > 0 && select([])}>
      {rows.value.map((row) => <LayerRow key={row.layer.index} row={row} />)}
    </ul>
  );
}

/** What waits to be brought back. */
function Deleted() {
  const gone = deletedOf(shown.value?.layers ?? []);
  if (gone.length === 0) return null;
  return (
    <div class="layers-deleted">
      <Disclosure label={t("layers.deleted", { count: gone.length })}>
        <ul>
          {gone.map((layer) => (
            <li key={layer.index}>
              <Checkerboard class="layer-thumbnail"><Thumbnail layer={layer} /></Checkerboard>
              <span class="layer-name">{layer.name}</span>
              <IconButton icon="undo" label={t("layers.restore", { name: layer.name })} onClick={() => restoreLayer(layer.index)} />
            </li>
          ))}
        </ul>
      </Disclosure>
    </div>
  );
}

/** What is being dragged, beside the pointer. */
function Taken() {
  const held = drag.value;
  if (held === null) return null;
  const [first] = held.moved;
  const name = shown.value?.layers.find((layer) => layer.index === first)?.name ?? "";
  const words = held.moved.length === 1 ? name : t("layers.several", { count: held.moved.length });
  return <div class={`layers-taken ${held.target === null ? "nowhere" : ""}`} style={{ translate: `${held.x + 12}px ${held.y + 8}px` }}>{words}</div>;
}
