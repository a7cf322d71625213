/** What edges and middles catch on while something is dragged. Pure; in the document's pixels. */

import type { Box } from "../api/types.ts";

/** Places on one axis. */
export interface Lines {
  x: readonly number[];
  y: readonly number[];
}

/** A line to show, from end to end; `at` on its own axis. */
export interface Guide {
  axis: "x" | "y";
  at: number;
}

export interface Snapped {
  by: readonly [x: number, y: number];
  guides: readonly Guide[];
}

/** Screen pixels within which a line catches. */
export const REACH = 6;
const SAME = 0.01;

/** Edges and middles of all of these. */
export function linesOf(boxes: readonly Box[]): Lines {
  const places = (from: number, size: number) => [from, from + size / 2, from + size];
  return {
    x: [...new Set(boxes.flatMap(([x, , width]) => places(x, width)))],
    y: [...new Set(boxes.flatMap(([, y, , height]) => places(y, height)))],
  };
}

/**
 * How far a box that was dragged goes on to the nearest lines, for each axis the shortest way.
 *
 * @param reach  how far at most, in the document's pixels
 */
export function snapped([x, y, width, height]: Box, lines: Lines, reach: number): Snapped {
  const across = nearest([x, x + width / 2, x + width], lines.x, reach);
  const down = nearest([y, y + height / 2, y + height], lines.y, reach);
  const here: Box = [x + (across ?? 0), y + (down ?? 0), width, height];
  const guides = guidesOf(here, lines, [across !== null, down !== null]);
  return { by: [across ?? 0, down ?? 0], guides };
}

/** The nearest line to one place, or the place itself on whole pixels. */
export function snappedTo(place: number, lines: readonly number[], reach: number): { at: number; isOnLine: boolean } {
  const way = nearest([place], lines, reach);
  return way === null ? { at: Math.round(place), isOnLine: false } : { at: place + way, isOnLine: true };
}

function nearest(places: readonly number[], lines: readonly number[], reach: number): number | null {
  let best: number | null = null;
  for (const line of lines) {
    for (const place of places) {
      const way = line - place;
      if (Math.abs(way) <= reach && (best === null || Math.abs(way) < Math.abs(best))) best = way;
    }
  }
  return best;
}

/** All lines that an edge or the middle now lies on. */
function guidesOf([x, y, width, height]: Box, lines: Lines, [across, down]: readonly [boolean, boolean]): Guide[] {
  const touched = (places: number[], all: readonly number[]) =>
    all.filter((line) => places.some((place) => Math.abs(place - line) < SAME));
  const ofX = across ? touched([x, x + width / 2, x + width], lines.x) : [];
  const ofY = down ? touched([y, y + height / 2, y + height], lines.y) : [];
  return [...ofX.map((at) => ({ axis: "x" as const, at })), ...ofY.map((at) => ({ axis: "y" as const, at }))];
}
