/** The layers come in one after the other, from the bottom to the top. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Decomposition } from "../api/types.ts";
import { t } from "../i18n/index.ts";

/** All of them together take at most about so long. */
const ALL_MS = 1500;
const EACH_MS = 160;

/** `onDone` is called once: when all are in, or at once for those who want no motion or are not looking. */
export function Reveal({ of, onDone }: { of: Decomposition; onDone: () => void }) {
  const stack = useRef<HTMLDivElement>(null);
  const missing = useSignal(of.layers.length);
  const still = document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches;
  const ready = missing.value === 0;
  useEffect(() => {
    if (still) return onDone();
    if (!ready) return;
    const motions = stack.current?.getAnimations({ subtree: true }) ?? [];
    void Promise.allSettled(motions.map((motion) => motion.finished)).then(onDone);
  }, [ready]);
  const step = Math.min(EACH_MS, ALL_MS / of.layers.length);
  const came = () => void missing.value--;
  const { width, height } = of.image;
  return (
    <div class="progress-picture">
      <div class={`reveal ui-checkerboard ${ready ? "reveal-go" : ""}`} ref={stack} role="img"
        aria-label={of.layer_count === 1 ? t("start.layer_found") : t("start.layers_found", { count: of.layer_count })}
        style={{ aspectRatio: `${width} / ${height}`, "--ratio": width / height }}>
        {of.layers.map((layer) => (
          <img key={layer.index} src={`${layer.url}?w=512`} alt="" onLoad={came} onError={came}
            style={{ animationDelay: `${layer.index * step}ms` }} />
        ))}
      </div>
    </div>
  );
}
