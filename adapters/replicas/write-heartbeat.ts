import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { temporaryName } from '../files/durable.ts';
import { isAlive, readHeartbeat, staleAfterMsByDefault, type Heartbeat } from './heartbeat.ts';

export interface HeartbeatOptions {
  readonly directory: string;
  readonly replicaId: string;
  readonly url: string;
  /** PEM of the certificate that the replica shows now; null where it speaks plain HTTP. */
  readonly certificate?: () => string | null;
  readonly everyMs?: number;
  /** A beat that could not be written; the next one is tried all the same. */
  readonly onError: (error: unknown) => void;
}

/** Makes a replica known to the promotion until `stop` takes it back. Throws when a living process has the same id. */
export async function startHeartbeat(options: HeartbeatOptions): Promise<{ stop(): Promise<void> }> {
  const { directory, replicaId, url, certificate = () => null, everyMs = 1_000, onError } = options;
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${replicaId}.json`);
  await refuseTwin(directory, replicaId);
  const beat = async (): Promise<void> => {
    const shown = certificate();
    const now = { host: hostname(), pid: process.pid, atMs: Date.now() };
    const heartbeat: Heartbeat = { replicaId, url, ...now, ...(shown !== null && { certificate: shown }) };
    const temporary = temporaryName(path);
    await writeFile(temporary, JSON.stringify(heartbeat));
    await rename(temporary, path);
  };
  await beat();
  let writing = Promise.resolve();
  const timer = setInterval(() => {
    writing = writing.then(beat).catch(onError);
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await writing;
      await rm(path, { force: true });
    },
  };
}

/** Throws when a living process of this host has the same id: their files would get mixed up. */
export async function refuseTwin(directory: string, replicaId: string): Promise<void> {
  const twin = await readHeartbeat(join(directory, `${replicaId}.json`));
  // An old heartbeat is that of a dead process, whose id may by now be another's.
  if (twin === null || twin.atMs < Date.now() - staleAfterMsByDefault) return;
  if (twin.host !== hostname() || twin.pid === process.pid || !isAlive(twin.pid)) return;
  const advice = 'give this one another INCUMBENT_REPLICA_ID, or stop that process';
  throw new Error(`replica ${replicaId} already runs as process ${twin.pid} at ${twin.url}: ${advice}`);
}
