import type { Arranged } from "../geometry/arranging.ts";
import { apply } from "../state/edit.ts";

/** Have the server place layers so, unless they lie so already. */
export function commit({ operations, changes }: Arranged): void {
  if (operations.length > 0) void apply(operations, changes);
}
