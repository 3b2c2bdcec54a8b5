import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLines } from '../files/append-line.ts';
import { writeDurably } from '../files/durable.ts';
import type { RunKey, Tracking } from '../ports/tracking.ts';
import { describeRun } from './describe-run.ts';
import { replayEvents } from './replay-events.ts';
import type { RunEvent } from './run-events.ts';
import { listRunFolders, runFolder } from './run-folders.ts';

export interface ShipperOptions {
  /** On the files of `directory`. */
  readonly journal: Tracking;
  readonly directory: string;
  readonly mirror: Tracking;
  /** Told once per trouble and run, and when it is over. */
  readonly onTrouble: (what: string, error: unknown) => void;
  /** What is told meanwhile goes in one call. @default 500 */
  readonly batchMs?: number;
  /** Wait before the mirror is tried again; doubles up to half a minute. @default 1,000 */
  readonly firstRetryMs?: number;
}

/** `mirror.json` in a run's folder. */
interface Delivered {
  /** Events of the journal that the mirror has. */
  readonly events: number;
  readonly url: string | null;
}

export interface Shipper {
  /** Says that a run's journal has grown. */
  ship(run: RunKey): void;
  /** Null until the mirror knows the run. */
  urlOf(run: RunKey): Promise<string | null>;
  close(timeoutMs: number): Promise<void>;
}

const maxRetryMs = 30_000;

/** Brings journals to a mirror, a run at a time in order, all runs side by side. Repeating what arrived is harmless, so nothing is locked. */
export function createShipper(options: ShipperOptions): Shipper {
  const { directory, batchMs = 500 } = options;
  const busy = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const closing = new AbortController();

  const ship = (run: RunKey): void => {
    const folder = runFolder(directory, run);
    if (busy.has(folder)) {
      again.add(folder);
      return;
    }
    const work = deliver(options, run, folder, again, closing.signal, batchMs);
    const end = work.finally(() => {
      busy.delete(folder);
      if (again.has(folder) && !closing.signal.aborted) ship(run);
    });
    busy.set(folder, end);
  };
  // What an earlier process could not bring any more.
  const leftOver = (async () => {
    for (const run of await listRunFolders(directory)) if (await isBehind(runFolder(directory, run))) ship(run);
  })();

  return {
    ship,
    urlOf: async (run) => (await readDelivered(runFolder(directory, run))).url,
    async close(timeoutMs) {
      const done = leftOver.then(() => Promise.all(busy.values()));
      await Promise.race([done, sleep(timeoutMs, undefined, { ref: false })]);
      closing.abort();
      await leftOver;
      await Promise.all(busy.values());
    },
  };
}

/** Until the mirror has all that the journal has, or the shipper closes. */
async function deliver(
  options: ShipperOptions,
  run: RunKey,
  folder: string,
  again: Set<string>,
  signal: AbortSignal,
  batchMs: number,
): Promise<void> {
  const { firstRetryMs = 1_000, onTrouble } = options;
  let retryMs = firstRetryMs;
  await sleep(batchMs, undefined, { ref: false, signal }).catch(() => undefined);
  do {
    again.delete(folder);
    try {
      await bring(options, run, folder);
      if (retryMs !== firstRetryMs) onTrouble(`${describeRun(run)} is in the mirror again`, null);
      retryMs = firstRetryMs;
    } catch (error) {
      if (retryMs === firstRetryMs) onTrouble(`${describeRun(run)} can't be brought to the mirror now`, error);
      if (signal.aborted) return;
      again.add(folder);
      await sleep(retryMs, undefined, { ref: false, signal }).catch(() => undefined);
      retryMs = Math.min(maxRetryMs, retryMs * 2);
    }
  } while (again.has(folder) && !signal.aborted);
}

async function bring({ journal, mirror, onTrouble }: ShipperOptions, run: RunKey, folder: string): Promise<void> {
  const delivered = await readDelivered(folder);
  const events = await readJournal(folder);
  if (events.length <= delivered.events) return;
  // The beginning goes along each time: a mirror that lost the run, or never had it, begins it anew.
  const begin = delivered.events === 0 ? 0 : events.findIndex((event) => event.type === 'begin');
  const fresh = delivered.events === 0 ? events : [events[begin]!, ...events.slice(delivered.events)];
  await replayEvents(fresh, run, {
    journal,
    mirror,
    onRefused: (error) => onTrouble(`${describeRun(run)}: left out`, error),
  });
  const url = delivered.url ?? (await mirror.read(run))?.url ?? null;
  await writeDurably(join(folder, 'mirror.json'), JSON.stringify({ events: events.length, url } satisfies Delivered));
}

async function isBehind(folder: string): Promise<boolean> {
  return (await readJournal(folder)).length > (await readDelivered(folder)).events;
}

async function readJournal(folder: string): Promise<readonly RunEvent[]> {
  return await readLines<RunEvent>(join(folder, 'events.ndjson'));
}

async function readDelivered(folder: string): Promise<Delivered> {
  try {
    return JSON.parse(await readFile(join(folder, 'mirror.json'), 'utf8')) as Delivered;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { events: 0, url: null };
    throw error;
  }
}
