import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createLogger } from '../../../adapters/log/logger.ts';
import { QueueFull, type LoadedModel } from '../../../adapters/ports/model-runtime.ts';
import type { Registry } from '../../../adapters/ports/registry.ts';
import { openEmbeddedRegistry } from '../../../adapters/registry/embedded.ts';
import { openPredictionLog } from '../../../adapters/store/prediction-log.ts';
import type { AnswerFacts } from '../../../domain/answers/facts.ts';
import type { DataSchema } from '../../../domain/table.ts';
import { createService, type Service, type ServiceOptions } from '../../../serving/service.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { priceSchema } from '../../support/predictions.ts';

export const model = 'electricity';

/** What a package of the tests says: what the model answers, and how it fails. */
export interface Behaviour {
  readonly output?: readonly number[];
  readonly goldenDifference?: number | 'NaN';
  readonly fails?: 'load' | 'predict' | 'queue';
  readonly schema?: DataSchema;
  readonly facts?: AnswerFacts;
}

/** Models in memory that say what their package says, and count how often they were loaded and let go. */
export function createModels(): {
  load(directory: string): Promise<LoadedModel>;
  loads: string[];
  disposals: string[];
} {
  const loads: string[] = [];
  const disposals: string[] = [];
  return {
    loads,
    disposals,
    async load(directory) {
      const text = await readFile(join(directory, 'behaviour.json'), 'utf8');
      const { name, ...behaviour } = JSON.parse(text) as Behaviour & { name: string };
      loads.push(name);
      if (behaviour.fails === 'load') throw new Error('the weights are cut short');
      return toModel(behaviour, () => disposals.push(name));
    },
  };
}

function toModel(
  { output = [0.75], goldenDifference = 0, fails, schema = priceSchema }: Behaviour,
  onDispose: () => void,
): LoadedModel {
  let isWarm = false;
  return {
    signature: { task: 'binary', schema, snapshotId: 's', lastKey: 'k', candidateId: 'c', parameters: 1 },
    predict({ rowCount }) {
      if (fails === 'predict' && isWarm) return Promise.reject(new Error('the network has burst'));
      if (fails === 'queue' && isWarm) return Promise.reject(new QueueFull(20_000));
      isWarm = rowCount === 1;
      const values = Array.from({ length: rowCount }, () => output).flat();
      return Promise.resolve({ width: output.length, values });
    },
    verifyGolden: () => Promise.resolve(Number(goldenDifference)),
    dispose: onDispose,
  };
}

/** Registers a version whose package is its behaviour; its number. */
export async function registerVersion(registry: Registry, behaviour: Behaviour = {}, name = model): Promise<string> {
  const version = String((await registry.listVersions(name)).length + 1);
  const packageDirectory = join(await temporaryFolder(), 'package');
  await mkdir(packageDirectory);
  await writeFile(join(packageDirectory, 'behaviour.json'), JSON.stringify({ name: version, ...behaviour }));
  if (behaviour.facts !== undefined) {
    await writeFile(join(packageDirectory, 'answers.json'), JSON.stringify(behaviour.facts));
  }
  await registry.register({ model: name, idempotencyKey: version, packageDirectory, tags: {} });
  return version;
}

export interface Rig {
  readonly service: Service;
  readonly registry: Registry;
  readonly storeDirectory: string;
  readonly models: ReturnType<typeof createModels>;
  readonly log: ServiceOptions['log'];
}

/** A service on a real registry and a real log, with models in memory, stopped when the test ends. */
export async function startRig(
  behaviours: readonly Behaviour[] = [{}],
  changes: Partial<ServiceOptions> = {},
): Promise<Rig> {
  const home = await temporaryFolder();
  const storeDirectory = join(home, 'store');
  const registry = await openEmbeddedRegistry({ directory: join(home, 'registry') });
  for (const behaviour of behaviours) await registerVersion(registry, behaviour);
  if (behaviours.length > 0) await registry.setAlias(model, 'champion', '1');
  if (behaviours.length > 1) await registry.setAlias(model, 'previous', '2');
  const log = await openPredictionLog({ directory: storeDirectory, replicaId: 'r1' });
  const models = createModels();
  const service = await createService({
    registry,
    log,
    loadModel: models.load,
    replicaId: 'r1',
    logger: quietLogger(),
    models: [model],
    discoverModels: () => Promise.resolve([]),
    checkLog: () => Promise.resolve(),
    pollMs: 10,
    firstRetryMs: 10,
    ...changes,
  });
  onTestFinished(async () => {
    await service.stop();
    await log.close();
  });
  return { service, registry, storeDirectory, models, log };
}

/** Logs nothing: refusals are what these tests are about. */
export function quietLogger(): ServiceOptions['logger'] {
  const logger = createLogger({ service: 'test', format: 'json', level: 'error' });
  logger.silent = true;
  return logger;
}

export const goodRow = { price: 1.5, region: 'north', holiday: true, seen: '2026-01-01T00:00:00Z' };
