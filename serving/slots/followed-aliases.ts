import type { Notes } from '../../adapters/ports/notes.ts';
import type { Alias, Aliases } from '../../domain/lifecycle/aliases.ts';

/** The champion first: it must not wait for the others. */
export const slotOrder: readonly Alias[] = ['champion', 'previous', 'challenger'];

/** What the slots of a model followed last, for a start while the registry is away. */
export interface FollowedAliases {
  /** Never rejects: where the home can't be written the probe of the log says so, and this is tried again at the next look. */
  note(aliases: Aliases): Promise<void>;
  /** Null where nothing is known. */
  recall(): Promise<Aliases | null>;
}

export function createFollowedAliases(model: string, memory: Notes<Aliases> | null): FollowedAliases {
  let noted: Aliases | null = null;
  const isNoted = (aliases: Aliases): boolean => slotOrder.every((alias) => aliases[alias] === noted?.[alias]);
  return {
    async note(aliases) {
      if (memory === null || isNoted(aliases)) return;
      await memory.write(model, aliases).then(
        () => void (noted = aliases),
        () => undefined,
      );
    },
    recall: async () => (await memory?.read(model).catch(() => null)) ?? null,
  };
}
