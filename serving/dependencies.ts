import type { Logger } from 'winston';
import type { Pseudonymise } from '../adapters/privacy/pseudonyms.ts';
import type { PredictionLog } from '../adapters/ports/store.ts';
import { ServiceError } from './errors.ts';
import type { AnswerSettings } from '../domain/answers/settings.ts';
import type { MonitorFacts } from './operations/monitor-facts.ts';
import type { Settings } from './settings.ts';
import type { ModelSlots } from './slots/model-slots.ts';
import type { ServedModels } from './slots/served-models.ts';

/** What the routes stand on. */
export interface Dependencies {
  readonly models: ServedModels;
  readonly log: PredictionLog;
  readonly settings: Settings;
  /** Stands in for values that nobody may see; null where no key is set. */
  readonly pseudonymise: Pseudonymise | null;
  /** What monitors saw; null where nobody can know. */
  readonly readMonitor: ((model: string) => Promise<MonitorFacts>) | null;
  readonly replicaId: string;
  readonly logger: Logger;
  readonly makeId: () => string;
}

/** Throws `model-unknown`. */
export async function findModel({ models }: Dependencies, name: string): Promise<ModelSlots> {
  const slots = await models.find(name);
  if (slots !== null) return slots;
  const served = models.list().map(({ model }) => model);
  const hint = served.length === 0 ? 'this replica serves no model yet' : `this replica serves ${served.join(', ')}`;
  throw new ServiceError('model-unknown', `there is no model "${name}" here; ${hint}`);
}

/** Throws `no-champion`. */
export function noChampion(slots: ModelSlots): ServiceError {
  const why = slots.problem() ?? 'its first champion is still to come';
  return new ServiceError('no-champion', `${slots.model} has no champion: ${why}`);
}

/** Throws `settings-unavailable`: without them nobody knows what must not be logged. */
export function settingsOf({ settings }: Dependencies, model: string): AnswerSettings {
  const known = settings.of(model);
  if (known !== null) return known;
  throw new ServiceError('settings-unavailable', `the settings of ${model} can't be read; the service's log says why`);
}

/** Nothing is acknowledged that is not on record. Throws `log-unavailable`. */
export async function record(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (cause) {
    throw new ServiceError('log-unavailable', 'the prediction log could not be written; try again', { cause });
  }
}
