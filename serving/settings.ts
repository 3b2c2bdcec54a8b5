import { defaultAnswerSettings, type AnswerSettings } from '../domain/answers/settings.ts';

/** What the projects say of answers, as last read. */
export interface Settings {
  /** Null as long as they could never be read: nobody knows then what must not be logged. */
  of(model: string): AnswerSettings | null;
  /** Reads them anew. Never rejects: what can't be read leaves what was read before. */
  refresh(model: string): Promise<void>;
}

/**
 * @param read null where the project has said nothing yet
 * @param onFailure told when they can't be read, once until they can
 */
export function createSettings(
  read: (model: string) => Promise<AnswerSettings | null>,
  onFailure: (model: string, error: unknown) => void,
): Settings {
  const known = new Map<string, AnswerSettings>();
  const failing = new Set<string>();
  return {
    of: (model) => known.get(model) ?? null,
    async refresh(model) {
      try {
        known.set(model, (await read(model)) ?? defaultAnswerSettings);
        failing.delete(model);
      } catch (error) {
        if (!failing.has(model)) onFailure(model, error);
        failing.add(model);
      }
    },
  };
}
