import { modelDirectory } from './layout.ts';

export type LabelOnRecord = string | number | null;

/** So many ids are remembered by model; others are looked up on disk. */
const mostIds = 100_000;

/** Ids that this process has logged or looked up, the newest, each with its label or null. */
export interface KnownIds {
  get(id: string): LabelOnRecord | undefined;
  set(id: string, label: LabelOnRecord): void;
}

/** By model; refuses names that are no model's. */
export function createKnownIds(root: string): { of(model: string): KnownIds } {
  const known = new Map<string, KnownIds>();
  return {
    of(model) {
      const before = known.get(model);
      if (before !== undefined) return before;
      modelDirectory(root, model);
      const ids = createBoundedIds(mostIds);
      known.set(model, ids);
      return ids;
    },
  };
}

/**
 * At most `most`, and always the newest half of them: two generations, of which the older one is let go as a whole. A map that loses its
 * oldest entry with every new one passes over all that it has lost each time.
 */
export function createBoundedIds(most: number): KnownIds {
  let newest = new Map<string, LabelOnRecord>();
  let older: ReadonlyMap<string, LabelOnRecord> = new Map();
  return {
    get(id) {
      const label = newest.get(id);
      return label === undefined ? older.get(id) : label;
    },
    set(id, label) {
      if (newest.size >= most / 2) {
        older = newest;
        newest = new Map();
      }
      newest.set(id, label);
    },
  };
}
