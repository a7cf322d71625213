/** F6 goes from part to part of the editor, with what is selected staying so; Tab goes through the layers there. */

const REGIONS = [".toolbar", ".canvas", ".layers", ".properties"];
/** Best first: what the arrows left off at, then anything that Tab would reach. */
const ENTRANCES = ["[role=treeitem][tabindex='0']", "[role=tab][tabindex='0']", "a[href], button:enabled, input:enabled, select:enabled, [tabindex='0']"];

/** Whether there was another part. */
export function toRegion(step: 1 | -1): boolean {
  const regions = REGIONS.map((selector) => document.querySelector<HTMLElement>(selector)).filter((one) => one !== null);
  const at = regions.findIndex((one) => one.contains(document.activeElement));
  const next = regions.at((at < 0 && step < 0 ? 0 : at + step) % regions.length);
  if (next === undefined) return false;
  const entrance = next.tabIndex >= 0 ? next : ENTRANCES.map((one) => next.querySelector<HTMLElement>(one)).find((one) => one !== null);
  entrance?.focus();
  return entrance !== undefined;
}
