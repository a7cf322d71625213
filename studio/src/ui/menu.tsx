import { useSignal } from "@preact/signals";
import type { RefObject, TargetedKeyboardEvent } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";
import { nextIn, placeBeside } from "./roving.ts";

export interface MenuItem {
  label: string;
  onClick: () => void;
  /** At the right, as the keys that do the same. */
  hint?: string | undefined;
  icon?: IconName | undefined;
  disabled?: boolean | undefined;
  /** Given, the item is one of several to choose from, and this is whether it is the one. */
  checked?: boolean | undefined;
  /** Whether a line parts it from the items above. */
  apart?: boolean | undefined;
}

export interface MenuProps {
  /** On the button, or its name where it shows only an icon. */
  label: string;
  icon?: IconName | undefined;
  items: readonly MenuItem[];
  disabled?: boolean | undefined;
}

export function Menu({ label, icon, items, disabled }: MenuProps) {
  const id = useId();
  const open = useSignal<"first" | "last" | null>(null); // which item gets the focus
  const button = useRef<HTMLButtonElement>(null);

  function close(refocus: boolean): void {
    open.value = null;
    if (refocus) button.current?.focus();
  }
  function keyDown(event: TargetedKeyboardEvent<HTMLButtonElement>): void {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open.value = event.key === "ArrowDown" ? "first" : "last";
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        class={icon ? "ui-icon-button" : "ui-button ui-plain"}
        aria-haspopup="menu"
        aria-expanded={open.value !== null}
        aria-controls={open.value === null ? undefined : id}
        aria-label={icon && label}
        title={icon && label}
        disabled={disabled}
        onClick={() => { open.value = open.value === null ? "first" : null; }}
        onKeyDown={keyDown}
      >
        {icon ? <Icon name={icon} /> : <><span>{label}</span><Icon name="chevron_down" /></>}
      </button>
      {open.value && <MenuPopup {...{ id, label, items, button, close }} begin={open.value} />}
    </>
  );
}

export interface MenuPopupProps {
  id: string;
  label: string;
  items: readonly MenuItem[];
  begin: "first" | "last";
  button: RefObject<HTMLElement | null>;
  close: (refocus: boolean) => void;
}

/** The open menu by itself, for a place without a button; `button` is what it stands beside. */
export function MenuPopup({ id, label, items, begin, button, close }: MenuPopupProps) {
  const list = useRef<HTMLDivElement>(null);
  const entries = () => [...list.current!.querySelectorAll<HTMLButtonElement>("button")];

  useLayoutEffect(() => {
    list.current!.showPopover(); // over everything, whatever the panel that the button stands in cuts off
    placeBeside(list.current!, button.current!);
    entries().at(begin === "first" ? 0 : -1)?.focus();
    const leave = (event: Event) => {
      const inside = event.target instanceof Node && (list.current!.contains(event.target) || button.current!.contains(event.target));
      if (!inside) close(false);
    };
    const stop = new AbortController();
    for (const name of ["pointerdown", "focusin"]) document.addEventListener(name, leave, { capture: true, signal: stop.signal });
    for (const name of ["resize", "blur"]) window.addEventListener(name, () => close(false), { signal: stop.signal });
    return () => stop.abort();
  }, []);

  function keyDown(event: TargetedKeyboardEvent<HTMLDivElement>): void {
    event.stopPropagation();
    if (event.key === "Tab") return close(true); // and on from the button
    if (event.key === "Escape") close(true);
    else {
      const all = entries();
      const next = nextIn(all.map((one) => one.innerText), all.indexOf(document.activeElement as HTMLButtonElement), event.key);
      if (next === null) return;
      all[next]!.focus();
    }
    event.preventDefault();
  }
  return (
    <div ref={list} id={id} class="ui-menu" role="menu" aria-label={label} popover="manual" onKeyDown={keyDown}>
      {items.map((item, at) => (
        <button
          key={item.label}
          type="button"
          role={item.checked === undefined ? "menuitem" : "menuitemradio"}
          aria-checked={item.checked}
          aria-disabled={item.disabled || undefined}
          class={item.apart ? "ui-menu-apart" : undefined}
          tabIndex={at === 0 ? 0 : -1}
          onPointerMove={(event) => event.currentTarget.focus({ preventScroll: true })}
          onClick={() => { if (!item.disabled) { close(true); item.onClick(); } }}
        >
          <span class="ui-menu-mark">{item.checked ? <Icon name="check" /> : item.icon && <Icon name={item.icon} />}</span>
          <span>{item.label}</span>
          {item.hint && <kbd>{item.hint}</kbd>}
        </button>
      ))}
    </div>
  );
}
