import type { Signal } from "@preact/signals";
import type { TargetedKeyboardEvent, TargetedPointerEvent } from "preact";

export interface SplitterProps {
  label: string;
  /** `across` parts left from right, `down` parts above from below. */
  way: "across" | "down";
  value: Signal<number>;
  least: number;
  most: number;
  /** What a key adds. */
  step: number;
  /** What a pixel to the right, or down, adds. */
  perPixel: () => number;
  /** The id of what becomes larger. */
  controls: string;
}

/** A bar between two panels, pulled or moved with the arrows; Home and End go to its ends. */
export function Splitter({ label, way, value, least, most, step, perPixel, controls }: SplitterProps) {
  const set = (to: number) => (value.value = Math.min(most, Math.max(least, to)));

  function keyDown(event: TargetedKeyboardEvent<HTMLDivElement>): void {
    const forward = way === "across" ? "ArrowRight" : "ArrowDown";
    const back = way === "across" ? "ArrowLeft" : "ArrowUp";
    const sign = Math.sign(perPixel());
    if (event.key === forward) set(value.value + sign * step);
    else if (event.key === back) set(value.value - sign * step);
    else if (event.key === "Home") set(least);
    else if (event.key === "End") set(most);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  function down(event: TargetedPointerEvent<HTMLDivElement>): void {
    if (event.button !== 0) return;
    const bar = event.currentTarget;
    const place = (one: PointerEvent) => (way === "across" ? one.clientX : one.clientY);
    const [from, at, per] = [value.value, place(event), perPixel()];
    const move = (one: PointerEvent) => set(from + (place(one) - at) * per);
    const stop = new AbortController();
    bar.setPointerCapture(event.pointerId);
    bar.addEventListener("pointermove", move, { signal: stop.signal });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) bar.addEventListener(name, () => stop.abort(), { signal: stop.signal });
  }
  return (
    <div class={`splitter ${way}`} role="separator" tabIndex={0} aria-label={label} aria-controls={controls}
      aria-orientation={way === "across" ? "vertical" : "horizontal"}
      aria-valuemin={least} aria-valuemax={most} aria-valuenow={Math.round(value.value)} onKeyDown={keyDown} onPointerDown={down} />
  );
}
