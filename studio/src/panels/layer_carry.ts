/** The edits of a document, for one whose decomposition has several layers in the place of one. Pure. */

import type { Operation } from "../api/types.ts";

/** `layer` of the `count` layers came apart into `parts`, which stand in its place; those after it moved up. */
export interface Split {
  layer: number;
  parts: number;
  count: number;
}

/** What is the same done to a group of the parts as it was done to the layer, to the bit. */
const OF_A_GROUP = new Set(["move", "flip", "opacity", "blend", "show", "hide", "lock", "unlock", "rename", "reorder", "delete", "restore", "group"]);

/**
 * The operations that make of the new decomposition what these made of the old one; `null` where that is not sure.
 * Where the layer itself was edited its parts come together as a group first, called `name`, which stands for it.
 */
export function carried(operations: readonly Operation[], split: Split, name: string): Operation[] | null {
  const groups = new Set<number>();
  let next = split.count; // the index that what is made next gets
  for (const operation of operations) {
    const named = operation.layer === undefined ? [] : [operation.layer].flat();
    if (!named.every((one) => typeof one === "number")) return null; // a name may mean a part there
    const isWhole = named.some((one) => one === split.layer || groups.has(one));
    if (isWhole && !OF_A_GROUP.has(operation.op) && operation.op !== "ungroup") return null;
    if (operation.op === "ungroup" && named.includes(split.layer)) return null;
    for (const place of ["above", "below"]) if (typeof operation[place] === "string") return null;
    if (operation.op === "group") groups.add(next);
    next += operation.op === "duplicate" ? new Set(named).size : operation.op === "group" || operation.op === "add" ? 1 : 0;
  }
  const isMeant = operations.some((operation) => [operation.layer, operation["above"], operation["below"]].flat().includes(split.layer));
  const group = split.count + split.parts - 1;
  const map = (index: number) => {
    if (index < split.layer) return index;
    if (index === split.layer) return group;
    return index + split.parts - 1 + (index >= split.count && isMeant ? 1 : 0);
  };
  const parts = Array.from({ length: split.parts }, (_, at) => split.layer + at);
  return [...(isMeant ? [{ op: "group", layer: parts, name }] : []), ...operations.map((operation) => mapped(operation, map))];
}

function mapped(operation: Operation, map: (index: number) => number): Operation {
  const after: Operation = { ...operation };
  if (operation.layer !== undefined) after.layer = Array.isArray(operation.layer) ? operation.layer.map(map) : map(operation.layer as number);
  for (const place of ["above", "below"]) if (typeof operation[place] === "number") after[place] = map(operation[place]);
  return after;
}
