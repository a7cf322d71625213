import type { ComponentChildren, TargetedKeyboardEvent } from "preact";
import { nextIn } from "./roving.ts";

export interface TabsProps {
  /** Names the row for screen readers. */
  label: string;
  tabs: readonly (readonly [id: string, label: string])[];
  current: string;
  onChange: (id: string) => void;
}

/** A row of tabs; each shows the TabPanel of its id. Tab enters the row, arrows go along it. */
export function Tabs({ label, tabs, current, onChange }: TabsProps) {
  function keyDown(event: TargetedKeyboardEvent<HTMLDivElement>): void {
    if (!/^(Arrow(Left|Right)|Home|End)$/.test(event.key)) return;
    const next = nextIn(tabs.map(([, name]) => name), tabs.findIndex(([id]) => id === current), event.key)!;
    event.preventDefault();
    event.stopPropagation();
    onChange(tabs[next]![0]);
    (event.currentTarget.children[next] as HTMLElement).focus();
  }
  return (
    <div class="ui-tabs" role="tablist" aria-label={label} onKeyDown={keyDown}>
      {tabs.map(([id, name]) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === current}
          aria-controls={id === current ? `panel-${id}` : undefined}
          tabIndex={id === current ? 0 : -1}
          onClick={() => onChange(id)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

export interface TabPanelProps {
  id: string;
  /** The tab that is chosen; the panel is drawn only if it is its own. */
  current: string;
  children: ComponentChildren;
}

export function TabPanel({ id, current, children }: TabPanelProps) {
  if (id !== current) return null;
  return <div id={`panel-${id}`} class="ui-tab-panel" role="tabpanel" aria-labelledby={`tab-${id}`}>{children}</div>;
}
