import { randomInt } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../files/durable.ts';
import { dateOfStem } from './partitions.ts';

/**
 * When a line counts as written. `durable`: it is on disk (fdatasync), and survives the machine's death. `fast`: the operating system
 * has it; it survives the death of this process, and the machine's death takes at most the last second.
 */
export type Durability = 'durable' | 'fast';

const syncEveryMs = 1_000;

/** A file of lines that is appended to. */
export interface Segment {
  readonly stem: string;
  lines(): number;
  /** Is it so old, or its UTC date over? Also when the clock went back over midnight: its name would tell a wrong date. */
  isOver(nowMs: number): boolean;
  /** Rejects where not all of it could be written. */
  append(text: string, lines: number): Promise<void>;
  /** Takes back what a failed write left behind. False where that can't be done: the file must not be appended to again. */
  cutOff(): Promise<boolean>;
  close(): Promise<void>;
}

export interface SegmentOptions {
  readonly directory: string;
  readonly replicaId: string;
  readonly durability: Durability;
  readonly maxAgeMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The random end of a name keeps segments apart, also when a replica restarts with its clock set back. */
export function nameSegment({ replicaId, now }: SegmentOptions): string {
  const end = randomInt(36 ** 6)
    .toString(36)
    .padStart(6, '0');
  return `${replicaId}-${now()}-${end}`;
}

/** @param onOld called once when the segment has reached its age */
export async function createSegment(stem: string, options: SegmentOptions, onOld: () => void): Promise<Segment> {
  const { directory, durability, maxAgeMs, now } = options;
  const dueAtMs = now() + maxAgeMs;
  await mkdir(directory, { recursive: true });
  const handle = await open(join(directory, `${stem}.ndjson`), 'ax');
  await syncDirectory(directory);
  const timer = setTimeout(onOld, maxAgeMs).unref();
  const sync = createSync(handle, durability);
  let [lines, bytes] = [0, 0];
  return {
    stem,
    lines: () => lines,
    isOver: (nowMs) => nowMs >= dueAtMs || dateOfStem(stem) !== new Date(nowMs).toISOString().slice(0, 10),
    async append(text, count) {
      const written = Buffer.from(text);
      await handle.appendFile(written);
      await sync.afterWrite();
      bytes += written.length;
      lines += count;
    },
    async cutOff() {
      return await handle
        .truncate(bytes)
        .then(() => handle.datasync())
        .then(
          () => true,
          () => false,
        );
    },
    async close() {
      clearTimeout(timer);
      // Every acknowledged line of a durable segment is on disk: nothing that happens here can lose one.
      await sync.finish().catch(() => undefined);
      await handle.close().catch(() => undefined);
    },
  };
}

interface Sync {
  afterWrite(): Promise<void>;
  finish(): Promise<void>;
}

/** With every write, or within a second of it. */
function createSync(handle: FileHandle, durability: Durability): Sync {
  let soon: NodeJS.Timeout | null = null;
  const syncNow = async (): Promise<void> => {
    if (soon !== null) clearTimeout(soon);
    soon = null;
    await handle.datasync();
  };
  return {
    async afterWrite() {
      if (durability === 'durable') await handle.datasync();
      else soon ??= setTimeout(() => void syncNow().catch(() => undefined), syncEveryMs).unref();
    },
    finish: async () => (soon === null ? undefined : await syncNow()),
  };
}
