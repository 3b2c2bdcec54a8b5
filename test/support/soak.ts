import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { freePort } from '../../client/start/ports.ts';
import type { PredictAnswer } from '../../config/wire.ts';
import { createRng } from '../../domain/math/rng.ts';
import type { DataSchema } from '../../domain/table.ts';
import { killHard } from './processes.ts';

export interface SoakPlan {
  readonly home: string;
  readonly model: string;
  readonly schema: DataSchema;
  readonly packages: readonly string[];
  readonly rows: readonly object[];
  /** Answered requests of one row each. */
  readonly requests: number;
  readonly kills: number;
  readonly swaps: number;
  readonly seed: number;
  readonly onProgress: (answered: number, kills: number) => void;
}

export interface SoakReport {
  readonly acknowledged: number;
  readonly logged: number;
  /** Acknowledged and not in the log. */
  readonly lost: number;
  /** In the log more than once. */
  readonly doubled: number;
  readonly kills: number;
  readonly swaps: number;
  /** Requests that failed while a service was up. */
  readonly failed: number;
}

const clients = 8;

/** Asks a service that is killed at random and started again, while its champion is swapped, and compares what it acknowledged with its log. */
export async function soak(plan: SoakPlan): Promise<SoakReport> {
  const { home, model, packages, requests, kills, swaps, seed } = plan;
  const registry = await openEmbeddedRegistry({ directory: join(home, 'registry') });
  for (const packageDirectory of packages) {
    await registry.register({ model, idempotencyKey: packageDirectory, packageDirectory, tags: {} });
  }
  await registry.setAlias(model, 'champion', '1');
  const random = createRng(seed);
  const draw = (count: number): number[] => Array.from({ length: count }, () => Math.floor(random() * requests)).sort((a, b) => a - b); // prettier-ignore
  const [killAt, swapAt] = [draw(kills), draw(swaps)];
  const service = await startKillable(home);
  const acknowledged: string[] = [];
  let [begun, failed, killed, swapped] = [0, 0, 0, 0];
  const disturb = async (): Promise<void> => {
    while (acknowledged.length < requests) {
      if (killed < kills && acknowledged.length >= killAt[killed]!) {
        killed += 1;
        await service.restart();
        plan.onProgress(acknowledged.length, killed);
      }
      if (swapped < swaps && acknowledged.length >= swapAt[swapped]!) {
        swapped += 1;
        await registry.setAlias(model, 'champion', swapped % 2 === 0 ? '1' : '2');
      }
      await sleep(5);
    }
  };
  const ask = async (): Promise<void> => {
    while (acknowledged.length < requests) {
      const generation = service.generation();
      const row = plan.rows[(begun += 1) % plan.rows.length];
      const id = await predictOne(service.url(), model, row);
      if (id !== null) acknowledged.push(id);
      else if (service.generation() === generation && service.isUp()) failed += 1;
      else await sleep(2);
    }
  };
  await Promise.all([disturb(), ...Array.from({ length: clients }, ask)]);
  await service.stop();
  const { ids } = await (
    await openStore({ directory: join(home, 'store') })
  ).readOutcomes({ model, schema: plan.schema });
  const logged = new Set(ids);
  return {
    acknowledged: acknowledged.length,
    logged: ids.length,
    lost: acknowledged.filter((id) => !logged.has(id)).length,
    doubled: ids.length - logged.size,
    kills: killed,
    swaps: swapped,
    failed,
  };
}

async function predictOne(url: string, model: string, row: unknown): Promise<string | null> {
  try {
    const response = await fetch(`${url}/v1/models/${model}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows: [row] }),
    });
    const body = (await response.json()) as PredictAnswer;
    return response.ok ? (body.predictions[0]?.id ?? null) : null;
  } catch {
    return null;
  }
}

interface Killable {
  url(): string;
  /** Counts the restarts. */
  generation(): number;
  isUp(): boolean;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

async function startKillable(home: string): Promise<Killable> {
  const port = await freePort(0);
  let [generation, isUp] = [0, true];
  let child = await startService(home, port);
  return {
    url: () => `http://127.0.0.1:${port}`,
    generation: () => generation,
    isUp: () => isUp,
    async restart() {
      isUp = false;
      generation += 1;
      await killHard(child);
      child = await startService(home, port);
      isUp = true;
    },
    stop: () => killHard(child),
  };
}

async function startService(home: string, port: number): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('../../serving/main.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
    env: {
      ...process.env,
      INCUMBENT_HOME: home,
      INCUMBENT_REPLICA_ID: 'r1',
      INCUMBENT_POLL_MS: '20',
      PORT: String(port),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('the service ended before it listened'))),
  ]);
  return child;
}
