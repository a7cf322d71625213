/** How sprites are put together while some of them move. Pure. */

import type { Sprite } from "./sprites.ts";

/** `still`: not touched. `moving`: all of it. `alive`: something in it, so that it has to be painted anew each time. */
type Kind = "still" | "moving" | "alive";

/** Sprites that one picture can be made of. */
export interface Run {
  kind: Kind;
  sprites: readonly Sprite[];
  /** With which the picture is laid; one sprite with a mode of its own is painted without it. */
  blend: GlobalCompositeOperation;
}

const NORMAL = "source-over";

/** Bottom to top. What is below everything else is one picture, whatever its modes are. */
export function runsOf(sprites: readonly Sprite[], moving: ReadonlySet<number>): Run[] {
  const runs: { kind: Kind; sprites: Sprite[]; blend: GlobalCompositeOperation }[] = [];
  for (const sprite of flattened(sprites)) {
    const kind = kindOf(sprite, moving);
    const last = runs.at(-1);
    const isLowest = kind === "still" && (last === undefined || (runs.length === 1 && last.kind === "still"));
    const isPlain = kind !== "alive" && sprite.blend === NORMAL && last?.blend === NORMAL;
    if (last?.kind === kind && (isLowest || isPlain)) last.sprites.push(sprite);
    else runs.push({ kind, sprites: [sprite], blend: isLowest ? NORMAL : sprite.blend });
  }
  return runs;
}

/** Groups that only hold their members are taken apart. */
function flattened(sprites: readonly Sprite[]): Sprite[] {
  return sprites.flatMap((sprite) => {
    if (!sprite.visible) return [];
    return sprite.isIsolated || sprite.image !== null ? [sprite] : flattened(sprite.children);
  });
}

function kindOf(sprite: Sprite, moving: ReadonlySet<number>): Kind {
  if (moving.has(sprite.index)) return "moving";
  const has = (one: Sprite): boolean => moving.has(one.index) || one.children.some(has);
  return has(sprite) ? "alive" : "still";
}
