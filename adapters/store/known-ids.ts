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
      modelDirectory(root, model);
      const ids = known.get(model) ?? createBoundedIds(mostIds);
      known.set(model, ids);
      return ids;
    },
  };
}

/** The oldest goes when there are more than `most`. */
export function createBoundedIds(most: number): KnownIds {
  const labels = new Map<string, LabelOnRecord>();
  return {
    get: (id) => labels.get(id),
    set(id, label) {
      labels.set(id, label);
      if (labels.size <= most) return;
      for (const oldest of labels.keys()) {
        labels.delete(oldest);
        return;
      }
    },
  };
}
