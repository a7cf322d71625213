/** A list of the service's, newest first, read page by page. */

import { signal, type Signal } from "@preact/signals";
import { asProblem, type Problem } from "../api/http.ts";
import type { Page } from "../api/types.ts";

export interface Shelf<Item> {
  /** `null` until the first page is here. */
  items: Signal<readonly Item[] | null>;
  /** There are more of them. */
  next: Signal<string | null>;
  loading: Signal<boolean>;
  problem: Signal<Problem | null>;
  more: () => Promise<void>;
  /** From the top again; what is shown stays until then. */
  renew: () => Promise<void>;
  drop: (id: string) => void;
}

export function shelf<Item extends { id: string }>(read: (url?: string) => Promise<Page<Item>>): Shelf<Item> {
  const items = signal<readonly Item[] | null>(null);
  const next = signal<string | null>(null);
  const loading = signal(false);
  const problem = signal<Problem | null>(null);

  async function load(url: string | null): Promise<void> {
    if (loading.value) return;
    loading.value = true;
    problem.value = null;
    try {
      const page = await (url === null ? read() : read(url));
      const before = url === null ? [] : (items.value ?? []);
      const known = new Set(before.map(({ id }) => id));
      items.value = [...before, ...page.items.filter(({ id }) => !known.has(id))];
      next.value = page.next;
    } catch (error) {
      problem.value = asProblem(error);
    } finally {
      loading.value = false;
    }
  }

  return {
    items,
    next,
    loading,
    problem,
    more: () => (next.value === null ? Promise.resolve() : load(next.value)),
    renew: () => load(null),
    drop: (id) => (items.value = items.value?.filter((item) => item.id !== id) ?? null),
  };
}
