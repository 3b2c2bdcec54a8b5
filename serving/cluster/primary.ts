import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'winston';

import { createHub } from './hub.ts';
import type { ToPrimary, ToWorker } from './messages.ts';
import { closeOrphans } from './orphans.ts';

export interface PrimaryOptions {
  readonly workers: number;
  /** Of all; each worker's own is made of it. */
  readonly replicaId: string;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly logger: Logger;
}

/** Processes that share one port. */
export interface Primary {
  readonly url: string;
  /** Ends all, each when its requests have been answered. */
  stop(): Promise<void>;
}

const firstBackoffMs = 200;
const maxBackoffMs = 10_000;

/**
 * Starts the workers, and each again when it dies; resolves when all of them answer. Each is a replica of its own, with its own id, log
 * segments, heartbeat and direct address: a promotion waits for every one of them. Rejects when one can't start.
 */
export async function startPrimary({ workers, replicaId, host, port, logger }: PrimaryOptions): Promise<Primary> {
  const sharedPort = port === 0 ? await findFreePort(host) : port;
  const running = new Map<number, Worker>();
  let isStopping = false;
  const hub = createHub(workers);

  const fork = async (index: number): Promise<string> => {
    const env = { INCUMBENT_REPLICA_ID: `${replicaId}-${index}`, HOST: host, PORT: String(sharedPort) };
    const worker = closeOrphans(cluster.fork(env));
    running.set(index, worker);
    const member = { send: (message: ToWorker) => void (worker.isConnected() && worker.send(message)) };
    worker.on('message', (message: ToPrimary) => hub.hear(member, message));
    worker.once('exit', () => hub.leave(member));
    const url = await whenListening(worker);
    hub.join(member);
    return url;
  };

  const keepAlive = (index: number): void => {
    running.get(index)?.once('exit', (code: number | null, signal: string | null) => {
      running.delete(index);
      if (!isStopping) void restart(index, `worker ${replicaId}-${index} ended with ${signal ?? `code ${code}`}`);
    });
  };

  const restart = async (index: number, why: string): Promise<void> => {
    for (let waitMs = firstBackoffMs; !isStopping; waitMs = Math.min(2 * waitMs, maxBackoffMs)) {
      logger.warn(`${why}: starting it again in ${waitMs} ms`);
      await sleep(waitMs);
      if (isStopping) return;
      const isBack = await fork(index).then(
        () => true,
        () => false,
      );
      if (!isBack) continue;
      logger.info(`worker ${replicaId}-${index} is back`);
      return keepAlive(index);
    }
  };

  const stop = async (): Promise<void> => {
    isStopping = true;
    await Promise.all([...running.values()].map(endWorker));
  };

  const indices = Array.from({ length: workers }, (_, index) => index + 1);
  try {
    const [url = ''] = await Promise.all(indices.map(fork));
    indices.forEach(keepAlive);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The URL of the shared port. */
async function whenListening(worker: Worker): Promise<string> {
  return await new Promise((listening, failed) => {
    worker.on('message', (message: { type?: string; url?: string }) => {
      if (message.type === 'listening') listening(message.url ?? '');
    });
    worker.once('exit', (code) => failed(new Error(`a worker could not start: it ended with code ${code}`)));
  });
}

async function endWorker(worker: Worker): Promise<void> {
  if (worker.isDead()) return;
  const ended = once(worker, 'exit');
  worker.process.kill('SIGTERM');
  await ended;
}

/** Workers that asked for any port each time would move when the last of them died. */
async function findFreePort(host: string): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
