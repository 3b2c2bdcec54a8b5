import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { startMlflowServer, type MlflowServer } from '../../test/support/mlflow-server.ts';
import { createMlflowClient, type MlflowClient, type Run } from '../src/index.ts';

export interface Real {
  readonly url: string;
  readonly client: MlflowClient;
  /** MLflow 2 has no logged models and no webhooks. */
  readonly isOld: boolean;
  newRun(tags?: Readonly<Record<string, string>>): Promise<Run>;
}

/** A real MLflow server for the tests of one file, and a client of it. */
export function useRealServer(): () => Real {
  let folder: string;
  let server: MlflowServer;
  let real: Real;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlflow-js-client-'));
    const environment = { MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http', MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true' };
    server = await startMlflowServer({ directory: folder, environment });
    const client = createMlflowClient({ trackingUri: server.url });
    const version = await (await fetch(`${server.url}/version`)).text();
    const newRun = async (tags = {}): Promise<Run> => {
      const { experimentId } = await client.experiments.ensure('runs');
      return await client.runs.create({ experimentId, name: 'a run', startTime: 1_000, tags });
    };
    real = { url: server.url, client, isOld: version.startsWith('2.'), newRun };
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return () => real;
}

export const name = (what: string): string => `${what}-${randomUUID().slice(0, 8)}`;
