import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { modelStatusSchema, verifyAnswerSchema } from '../../config/wire.ts';
import type { Replicas, ReplicaStatus } from '../ports/replicas.ts';
import { createAsk, type Answer, type Ask } from './ask.ts';
import { isAlive, readHeartbeat, staleAfterMsByDefault, type Heartbeat } from './heartbeat.ts';

export interface ReplicasOptions {
  /** Folder of the heartbeats. */
  readonly directory: string;
  /** A replica that has not beaten for this long is gone. @default 5000 */
  readonly staleAfterMs?: number;
  /** The home's folder `security`, whose secret opens doors that are locked. Without it, open doors only. */
  readonly securityDirectory?: string;
  /** For one answer of one replica. @default 5000 */
  readonly timeoutMs?: number;
}

/** The replicas that beat their hearts in a folder, asked over HTTP. One that serves other models only is not listed. */
export function openReplicas(options: ReplicasOptions): Replicas {
  const { directory, staleAfterMs = staleAfterMsByDefault, timeoutMs = 5_000, securityDirectory } = options;
  const ask = createAsk(securityDirectory ?? null, timeoutMs);
  return {
    async list(model) {
      const living = await readLiving(directory, staleAfterMs);
      const found = await Promise.all(living.map((heartbeat) => askStatus(ask, heartbeat, model)));
      return found.filter((status) => status !== null);
    },
    async verifyGolden({ replicaId, url }, model, version) {
      const address = `${url}/v1/models/${encodeURIComponent(model)}/verify`;
      const heartbeat = await readHeartbeat(join(directory, `${replicaId}.json`));
      const answer = await ask({ replicaId, address, certificate: heartbeat?.certificate, body: { version } });
      return readAnswer(answer, replicaId, address, verifyAnswerSchema).maxDifference;
    },
  };
}

async function readLiving(directory: string, staleAfterMs: number): Promise<readonly Heartbeat[]> {
  const names = (await listNames(directory)).filter((name) => name.endsWith('.json')).sort();
  const found = await Promise.all(names.map((name) => readHeartbeat(join(directory, name))));
  const oldestMs = Date.now() - staleAfterMs;
  return found.filter(
    (heartbeat) => heartbeat !== null && heartbeat.atMs >= oldestMs && !isDead(heartbeat),
  ) as Heartbeat[];
}

async function listNames(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A killed replica leaves a heartbeat behind that is fresh for seconds. */
function isDead({ host, pid }: Heartbeat): boolean {
  return host === hostname() && !isAlive(pid);
}

/** Null when the replica does not serve this model. */
async function askStatus(
  ask: Ask,
  { replicaId, url, certificate }: Heartbeat,
  model: string,
): Promise<ReplicaStatus | null> {
  const address = `${url}/v1/models/${encodeURIComponent(model)}`;
  const answer = await ask({ replicaId, address, certificate });
  if (answer.status === 404) return null;
  const { serving, loaded, canary, problem } = readAnswer(answer, replicaId, address, modelStatusSchema);
  return { replicaId, url, loaded, serving, canary, problem };
}

function readAnswer<T>({ status, text }: Answer, replicaId: string, address: string, schema: z.ZodType<T>): T {
  const parsed = status === 200 ? schema.safeParse(parseJson(text)) : null;
  if (parsed?.success === true) return parsed.data;
  const advice = status === 401 ? ' (does it run on the same home directory?)' : '';
  throw new Error(`replica ${replicaId} answered ${status} at ${address}${advice}: ${text.slice(0, 300)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
