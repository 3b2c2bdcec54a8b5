import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMlflowClient, type Run } from 'mlflow-js-client';
import { startMlflowServer } from '../test/support/mlflow-server.ts';

export interface Servers {
  /** A real MLflow server. */
  readonly real: string;
  /** Answers a call for `run` with the bytes that the real one answers, at once; anything else with `{}`, as it answers a batch. */
  readonly instant: string;
  readonly run: Run;
  stop(): Promise<void>;
}

/** A real MLflow server with a run on it, and one that answers as that one does without doing anything. */
export async function startServers(): Promise<Servers> {
  const directory = await mkdtemp(join(tmpdir(), 'incumbent-bench-'));
  const server = await startMlflowServer({ directory });
  const client = createMlflowClient({ trackingUri: server.url });
  const { experimentId } = await client.experiments.ensure('bench');
  const run = await client.runs.create({ experimentId, name: 'bench' });
  const metrics = Array.from({ length: 10 }, (_, step) => ({
    key: `metric ${step}`,
    value: step / 7,
    timestamp: 0,
    step,
  }));
  await client.runs.logBatch(run.runId, { metrics });
  const runText = await (await fetch(`${server.url}/api/2.0/mlflow/runs/get?run_id=${run.runId}`)).text();
  const instant = createServer((request, response) => {
    const text = request.method === 'GET' ? runText : '{}';
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(text));
  }).listen(0, '127.0.0.1');
  await once(instant, 'listening');
  return {
    real: server.url,
    instant: `http://127.0.0.1:${(instant.address() as AddressInfo).port}`,
    run,
    async stop() {
      instant.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
