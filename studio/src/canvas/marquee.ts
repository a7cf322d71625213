/** A rectangle drawn from where nothing is: what it touches is selected. */

import type { Box } from "../api/types.ts";
import type { Point } from "../geometry/matrix.ts";
import { layers, select, shown } from "../state/document.ts";
import { toDocument } from "../state/view.ts";
import { marquee, quiet } from "./feedback.ts";
import { boundsOf } from "./frame.ts";
import type { Gesture } from "./gesture.ts";
import { groundOf, isFree, meantBy } from "./scope.ts";

/** @param before  what is selected whatever it touches */
export function startMarquee(from: Point, before: ReadonlySet<number>): Gesture {
  const start = toDocument(from);
  return {
    move(at) {
      const here = toDocument(at);
      const box: Box = [
        Math.min(start[0], here[0]),
        Math.min(start[1], here[1]),
        Math.abs(here[0] - start[0]),
        Math.abs(here[1] - start[1]),
      ];
      marquee.value = box;
      select([...before, ...touched(box, before)]);
    },
    end: quiet,
    cancel() {
      quiet();
      select(before);
    },
  };
}

/** Not the ground, which everything touches. */
function touched([x, y, width, height]: Box, before: ReadonlySet<number>): number[] {
  const all = layers.peek();
  const { width: across, height: down } = shown.peek() ?? { width: 0, height: 0 };
  const ground = groundOf(all, across, down);
  return all.flatMap((layer) => {
    const box = layer.kind === "group" || layer.index === ground || !isFree(all, layer.index) ? null : boundsOf(all, layer.index);
    if (box === null || box[0] >= x + width || box[1] >= y + height || box[0] + box[2] <= x || box[1] + box[3] <= y) return [];
    return [meantBy(all, layer.index, before)];
  });
}
