import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from '../../adapters/ports/registry.ts';
import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';
import { createPredictionClient, type PredictionClient } from '../../client/prediction-client.ts';
import type { PredictRequest } from '../../config/wire.ts';
import { temporaryFolder } from './folders.ts';
import { servedModel as model, startService, type RunningService } from './serving.ts';

export interface ServingRig {
  readonly home: string;
  readonly registry: Registry;
  readonly service: RunningService;
  readonly client: PredictionClient;
}

/** Trained versions in a registry, the first of them champion, and a service in processes of its own. */
export async function startServingRig(
  packages: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ServingRig> {
  const home = await temporaryFolder();
  const registry = await openEmbeddedRegistry({ directory: join(home, 'registry') });
  for (const packageDirectory of packages) {
    await registry.register({ model, idempotencyKey: packageDirectory, packageDirectory, tags: {} });
  }
  await registry.setAlias(model, 'champion', '1');
  const service = await startService(home, environment);
  return { home, registry, service, client: createPredictionClient(service.url) };
}

export interface Load {
  readonly answers: readonly { readonly version: string; readonly id: string; readonly probability: number }[];
  readonly failures: readonly unknown[];
  stop(): Promise<void>;
}

/** Asks from several clients at once until it is told to stop; those whose request fails go on, or end there. */
export function askForever(
  client: PredictionClient,
  rows: PredictRequest['rows'],
  whenFailed: 'go on' | 'end' = 'go on',
): Load {
  const answers: { version: string; id: string; probability: number }[] = [];
  const failures: unknown[] = [];
  let isOver = false;
  const ask = async (): Promise<void> => {
    while (!isOver) {
      try {
        const { version, predictions } = await client.predict(model, { rows });
        for (const { id, probabilities } of predictions) {
          answers.push({ version, id, probability: probabilities?.['up'] ?? -1 });
        }
      } catch (error) {
        failures.push(error);
        if (whenFailed === 'end') return;
      }
    }
  };
  const asking = Promise.all(Array.from({ length: 4 }, ask));
  return {
    answers,
    failures,
    async stop() {
      isOver = true;
      await asking;
    },
  };
}

/** Looks again and again until there is something to be seen; a test that would look for ever fails instead. */
export async function until<T>(look: () => Promise<T | null>): Promise<T> {
  let last: unknown = 'it is not there';
  for (let tries = 0; tries < 6_000; tries += 1) {
    const found = await look().catch((error: unknown) => {
      last = error;
      return null;
    });
    if (found !== null) return found;
    await sleep(20);
  }
  throw new Error('it was waited for in vain', { cause: last });
}
