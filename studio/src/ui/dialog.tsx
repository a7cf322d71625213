import type { ComponentChildren, TargetedMouseEvent } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { IconButton } from "./button.tsx";

export interface DialogProps {
  title: string;
  /** It was left by Escape, by its close button or by a press beside it; the parent takes it out. */
  onClose: () => void;
  children: ComponentChildren;
}

/** Over everything else, which the browser makes inert. It stays for as long as it is drawn. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const pressedBeside = useRef(false);

  useLayoutEffect(() => {
    const element = dialog.current!;
    element.showModal();
    if (element.querySelector("[autofocus]") === null) heading.current!.focus();
    return () => element.close(); // gives the focus back to where it was
  }, []);

  const beside = (event: TargetedMouseEvent<HTMLDialogElement>) => event.target === event.currentTarget;
  return (
    <dialog
      ref={dialog}
      class="ui-dialog"
      aria-labelledby={id}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onKeyDown={(event) => event.stopPropagation()} // no shortcut reaches what lies under it
      onPointerDown={(event) => { pressedBeside.current = beside(event); }}
      onClick={(event) => { if (pressedBeside.current && beside(event)) onClose(); }}
    >
      <div class="ui-dialog-sheet">
        <header>
          <h2 ref={heading} id={id} tabIndex={-1}>{title}</h2>
          <IconButton icon="close" label={t("app.close")} onClick={onClose} />
        </header>
        <div class="ui-dialog-body">{children}</div>
      </div>
    </dialog>
  );
}
