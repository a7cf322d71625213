import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { tellOffline } from "../state/notices.ts";

/**
 * A component whose script is loaded when it is first drawn; until then there is nothing of it. `failed` is called if
 * the script does not come; the next time it is drawn anew it is tried again.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>, failed = tellOffline): ComponentType<Props> {
  const found = signal<ComponentType<Props> | null>(null);
  return (props: Props) => {
    const Found = found.value;
    useEffect(() => {
      if (found.peek() === null) load().then((it) => (found.value = it), failed);
    }, []);
    return Found === null ? null : <Found {...props} />;
  };
}
