import { useSignal } from "@preact/signals";
import type { TargetedKeyboardEvent } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { type Key, t } from "../i18n/index.ts";
import { Icon } from "../ui/index.ts";
import { nextIn, placeBeside } from "../ui/roving.ts";

/** In the usual groups: plain, darker, lighter, more contrast, inverting, by parts of the colour. */
const GROUPS = [
  ["normal"],
  ["darken", "multiply", "color-burn"],
  ["lighten", "screen", "color-dodge"],
  ["overlay", "soft-light", "hard-light"],
  ["difference", "exclusion"],
  ["hue", "saturation", "color", "luminosity"],
] as const;
const MODES: readonly string[] = GROUPS.flat();

interface BlendSelectProps {
  /** Of each that is selected. */
  modes: readonly string[];
  disabled: boolean;
  /** While the list is open: the mode under the pointer or the keyboard, null for that of each. */
  onTry: (mode: string | null) => void;
  onChoose: (mode: string) => void;
}

/** A list that shows on the canvas what is chosen before it is. */
export function BlendSelect({ modes, disabled, onTry, onChoose }: BlendSelectProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  /** What the selection had when the list was opened: null where it was not one and the same. */
  const before = useSignal<string | null>(null);
  const isOpen = useSignal(false);
  const at = useSignal<string | null>(null);
  const mode = modes.every((one) => one === modes[0]) ? (modes[0] ?? "normal") : null;

  function open(): void {
    if (disabled || isOpen.value) return;
    [before.value, at.value, isOpen.value] = [mode, mode, true];
  }
  function over(next: string): void {
    if (next === at.value) return;
    at.value = next;
    onTry(next === before.value ? null : next);
  }
  function close(chosen: string | null): void {
    isOpen.value = false;
    if (chosen !== null && chosen !== before.value) onChoose(chosen);
    else onTry(null);
    button.current?.focus();
  }
  function keyDown(event: TargetedKeyboardEvent<HTMLElement>): void {
    if (!isOpen.value) {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      open();
    } else if (event.key === "Enter" || event.key === " ") close(at.value);
    else if (event.key === "Escape" || event.key === "Tab") close(null);
    else {
      const place = at.value === null ? -1 : MODES.indexOf(at.value);
      const next = nextIn(MODES.map(nameOf), place, event.key);
      if (next === null) return;
      over(MODES[next] as string);
    }
    event.stopPropagation();
    event.preventDefault();
  }
  const shown = isOpen.value ? before.value : mode;
  return (
    <div class="ui-field ui-select">
      <label id={`${id}-label`} onClick={() => button.current?.focus()}>{t("layers.blend")}</label>
      <button ref={button} type="button" class="ui-box blend-button" role="combobox" aria-haspopup="listbox" aria-expanded={isOpen.value}
        aria-controls={`${id}-list`} aria-labelledby={`${id}-label ${id}-value`} disabled={disabled}
        aria-activedescendant={isOpen.value && at.value !== null ? `${id}-${at.value}` : undefined}
        onClick={() => (isOpen.value ? close(null) : open())} onKeyDown={keyDown} onBlur={() => isOpen.value && close(null)}>
        <span id={`${id}-value`}>{shown === null ? t("layers.mixed") : nameOf(shown)}</span>
        <Icon name="chevron_down" />
      </button>
      {isOpen.value && <List id={id} at={at.value} before={before.value} anchor={() => button.current} over={over} choose={close} />}
    </div>
  );
}

interface ListProps {
  id: string;
  at: string | null;
  before: string | null;
  anchor: () => HTMLElement | null;
  over: (mode: string) => void;
  choose: (mode: string) => void;
}

/** The focus stays on the button, so that a press beside it, which takes the focus away, closes it. */
function List({ id, at, before, anchor, over, choose }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const [popup, button] = [list.current, anchor()];
    if (popup === null || button === null) return;
    popup.showPopover();
    placeBeside(popup, button);
  }, []);
  useLayoutEffect(() => {
    if (at !== null) document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <div ref={list} id={`${id}-list`} class="ui-menu blend-list" role="listbox" aria-label={t("layers.blend")} popover="manual" onPointerDown={(event) => event.preventDefault()}>
      {GROUPS.map((group, place) => (
        <div key={group[0]} role="group" aria-label={t(GROUP_NAMES[place] as Key)}>
          {group.map((mode) => (
            <div key={mode} id={`${id}-${mode}`} role="option" aria-selected={mode === before} class={mode === at ? "active" : ""}
              onPointerMove={() => over(mode)} onClick={() => choose(mode)}>
              <span class="ui-menu-mark">{mode === before && <Icon name="check" />}</span>
              <span>{nameOf(mode)}</span>
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

const GROUP_NAMES: readonly Key[] = ["layers.blend_plain", "layers.blend_darker", "layers.blend_lighter", "layers.blend_contrast", "layers.blend_inverting", "layers.blend_parts"];

function nameOf(mode: string): string {
  return t(`layers.mode_${mode.replace("-", "_")}` as Key);
}
