import type { Canary } from '../../adapters/ports/replicas.ts';
import type { Notes } from '../../adapters/ports/notes.ts';
import type { Registry } from '../../adapters/ports/registry.ts';
import { noAliases, type Alias, type Aliases } from '../../domain/lifecycle/aliases.ts';
import { createFollowedAliases, slotOrder } from './followed-aliases.ts';
import type { HostedVersion } from './hosted-version.ts';
import { describeProblem, type RegistryProblem } from './problem.ts';
import { createVersionPool, type VersionPool, type VersionPoolOptions } from './version-pool.ts';

/** What is in memory for a model. `champion` answers, `previous` scores in the shadow, `challenger` waits. */
export type Slots = Readonly<Record<Alias, HostedVersion | null>>;

type ReadableRegistry = Pick<Registry, 'fetchPackage' | 'getAliases' | 'listVersions'>;

export interface ModelSlotsOptions extends VersionPoolOptions {
  readonly registry: ReadableRegistry;
  readonly readCanary: (model: string) => Promise<Canary | null>;
  /** The aliases that were followed last, for a start while the registry is away; without it nothing is served then. */
  readonly memory?: Notes<Aliases>;
  readonly onSwitch: (from: string | null, to: string | null) => void;
}

/** Keeps the slots of one model as the registry's aliases say. */
export interface ModelSlots {
  readonly model: string;
  current(): Slots;
  /** The share that the present challenger answers; null while the champion answers all. */
  canary(): Canary | null;
  /** What keeps the slots from being as the aliases say; null when all is well. */
  problem(): string | null;
  /** Looks at the aliases once and does what they call for. Never rejects: what goes wrong becomes the problem. */
  follow(): Promise<void>;
  /** Lets all versions go; only after the last `follow` has ended. */
  close(): void;
}

const empty: Slots = { champion: null, previous: null, challenger: null };

export function createModelSlots(options: ModelSlotsOptions): ModelSlots {
  const { model, registry, readCanary, onSwitch, memory = null } = options;
  const followed = createFollowedAliases(model, memory);
  const pool = createVersionPool(options);
  let slots = empty;
  let aliases: Aliases = noAliases;
  let canary: Canary | null = null;
  let registryProblem: RegistryProblem | null = null;

  /** One assignment: a request sees the slots before or after, nothing between. */
  const fill = (): void => {
    const before = slots.champion;
    slots = fillSlots(aliases, pool, before);
    pool.keepOnly(versionsOf(aliases, slots));
    if (before !== slots.champion) onSwitch(before?.version ?? null, slots.champion?.version ?? null);
  };

  return {
    model,
    current: () => slots,
    canary: () => (isOpen(canary, slots) ? canary : null),
    problem: () => describeProblem(registryProblem, aliases, pool.failures(), slots.champion?.version ?? null),
    async follow() {
      const lookedAtMs = Date.now();
      try {
        const found = await readAliases(registry, model, slots.champion !== null);
        canary = await readCanary(model);
        aliases = found;
        registryProblem = null;
        await followed.note(found);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        registryProblem = { sinceMs: registryProblem?.sinceMs ?? lookedAtMs, reason };
        const last = slots.champion === null ? await followed.recall() : null;
        if (last === null) return;
        aliases = last;
      }
      for (const alias of slotOrder) {
        const version = aliases[alias];
        if (version !== null) await pool.load(version);
        fill();
      }
    },
    close() {
      slots = empty;
      pool.keepOnly(new Set());
    },
  };
}

/** A champion that can't be loaded leaves the one before it where it is. */
function fillSlots(aliases: Aliases, pool: VersionPool, champion: HostedVersion | null): Slots {
  return {
    champion: aliases.champion === null ? null : (pool.get(aliases.champion) ?? champion),
    previous: pool.get(aliases.previous),
    challenger: pool.get(aliases.challenger),
  };
}

/** Not before the challenger is loaded, nor after it has become champion. */
function isOpen(canary: Canary | null, { champion, challenger }: Slots): boolean {
  return canary !== null && challenger !== null && challenger !== champion && challenger.version === canary.version;
}

function versionsOf(aliases: Aliases, { champion }: Slots): ReadonlySet<string> {
  const versions = [...Object.values(aliases), champion?.version ?? null] as readonly (string | null)[];
  return new Set(versions.filter((version) => version !== null));
}

/** A registry that has lost the model altogether reads like one without aliases: no reason to stop answering. */
async function readAliases(registry: ReadableRegistry, model: string, isServing: boolean): Promise<Aliases> {
  const aliases = await registry.getAliases(model);
  if (isServing && aliases.champion === null && (await registry.listVersions(model)).length === 0) {
    throw new Error(`it no longer has any version of ${model}`);
  }
  return aliases;
}
