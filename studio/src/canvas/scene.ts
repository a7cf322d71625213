import type { Exact } from "./exact.ts";
import type { Frozen } from "./frozen.ts";
import type { Nodes } from "./nodes.ts";

/** What is attached gets this, and gives back how to take it away. */
export interface Scene {
  container: HTMLElement;
  nodes: Nodes;
  exact: Exact;
  /** What a gesture has the preview painted with; written by frozen.ts. */
  frozen: Frozen | null;
  /** Paint the picture in the next frame. */
  repaint(): void;
}
