import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelSlots } from './model-slots.ts';

export interface ServedModelsOptions {
  /** Models to serve; null: all that `discoverModels` finds, now and later. */
  readonly models: readonly string[] | null;
  readonly discoverModels: () => Promise<readonly string[]>;
  readonly createSlots: (model: string) => ModelSlots;
  readonly pollMs: number;
}

/** The models of this replica, each followed by a loop of its own, so that a slow load delays no other model. */
export interface ServedModels {
  list(): readonly ModelSlots[];
  /** Null for one that is not served here yet. */
  get(model: string): ModelSlots | null;
  /** Looks for models that are new, too; null for one that is not served here. */
  find(model: string): Promise<ModelSlots | null>;
  /** Begins to follow the registry; resolves when each model has been looked at once. */
  start(): Promise<void>;
  /** Lets all versions go once their requests have finished. */
  stop(): Promise<void>;
}

export function createServedModels(options: ServedModelsOptions): ServedModels {
  const { models, discoverModels, createSlots, pollMs } = options;
  const served = new Map<string, ModelSlots>();
  const loops: Promise<void>[] = [];
  const stopping = new AbortController();

  const serve = (model: string): Promise<void> => {
    const slots = createSlots(model);
    served.set(model, slots);
    const first = slots.follow();
    loops.push(first.then(() => repeat(() => slots.follow(), pollMs, stopping.signal)));
    return first;
  };

  /** What can't be discovered now is discovered later; each model's own slots say what is wrong with the registry. */
  const discover = async (): Promise<void> => {
    const names = models ?? (await discoverModels().catch(() => []));
    if (stopping.signal.aborted) return;
    await Promise.all(names.filter((name) => !served.has(name)).map(serve));
  };

  return {
    list: () => [...served.values()],
    get: (model) => served.get(model) ?? null,
    async find(model) {
      if (!served.has(model) && models === null) await discover();
      return served.get(model) ?? null;
    },
    async start() {
      await discover();
      if (models === null) loops.push(repeat(discover, pollMs, stopping.signal));
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
      for (const slots of served.values()) slots.close();
    },
  };
}

async function repeat(work: () => Promise<void>, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isAborted = await sleep(everyMs, false, { signal }).catch(() => true);
    if (!isAborted) await work();
  }
}
