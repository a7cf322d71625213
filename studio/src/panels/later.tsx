import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { Problem } from "../api/http.ts";
import { tellProblem } from "../state/notices.ts";

/** A component whose script is fetched when it is first to be drawn, so that what is seen first does not wait for it. */
export function later(load: () => Promise<ComponentType>): ComponentType {
  const loaded = signal<ComponentType | null>(null);
  return function Later() {
    useEffect(() => {
      if (loaded.value === null) load().then((found) => (loaded.value = found), () => tellProblem(new Problem({ code: "offline" }, 0)));
    }, []);
    const Found = loaded.value;
    return Found === null ? null : <Found />;
  };
}
