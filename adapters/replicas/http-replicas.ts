import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { modelStatusSchema, verifyAnswerSchema } from '../../config/wire.ts';
import type { Replicas, ReplicaStatus } from '../ports/replicas.ts';
import { isAlive, readHeartbeat, staleAfterMsByDefault, type Heartbeat } from './heartbeat.ts';

export interface ReplicasOptions {
  /** Folder of the heartbeats. */
  readonly directory: string;
  /** A replica that has not beaten for this long is gone. @default 5000 */
  readonly staleAfterMs?: number;
  /** For one answer of one replica. */
  readonly timeoutMs?: number;
}

/** The replicas that beat their hearts in a folder, asked over HTTP. One that serves other models only is not listed. */
export function openReplicas({
  directory,
  staleAfterMs = staleAfterMsByDefault,
  timeoutMs = 5_000,
}: ReplicasOptions): Replicas {
  return {
    async list(model) {
      const living = await readLiving(directory, staleAfterMs);
      const found = await Promise.all(living.map((heartbeat) => askStatus(heartbeat, model, timeoutMs)));
      return found.filter((status) => status !== null);
    },
    async verifyGolden({ replicaId, url }, model, version) {
      const body = JSON.stringify({ version });
      const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      const address = `${url}/v1/models/${encodeURIComponent(model)}/verify`;
      const response = await ask(replicaId, address, timeoutMs, request);
      return (await readAnswer(response, replicaId, address, verifyAnswerSchema)).maxDifference;
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
  { replicaId, url }: Heartbeat,
  model: string,
  timeoutMs: number,
): Promise<ReplicaStatus | null> {
  const address = `${url}/v1/models/${encodeURIComponent(model)}`;
  const response = await ask(replicaId, address, timeoutMs);
  if (response.status === 404) return null;
  const { serving, loaded, problem } = await readAnswer(response, replicaId, address, modelStatusSchema);
  return { replicaId, url, loaded, serving, problem };
}

async function ask(
  replicaId: string,
  address: string,
  timeoutMs: number,
  request: RequestInit = {},
): Promise<Response> {
  try {
    return await fetch(address, { ...request, signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    throw new Error(`replica ${replicaId} does not answer at ${address}: ${reasonOf(cause)}`, { cause });
  }
}

/** `fetch failed` says nothing; what it was caused by does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function readAnswer<T>(response: Response, replicaId: string, address: string, schema: z.ZodType<T>): Promise<T> {
  const text = await response.text();
  const answer = response.ok ? schema.safeParse(parseJson(text)) : null;
  if (answer?.success === true) return answer.data;
  throw new Error(`replica ${replicaId} answered ${response.status} at ${address}: ${text.slice(0, 300)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
