import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../files/durable.ts';
import { StoreError } from './layout.ts';

/** Appends lines to one segment after another; a line is on disk when its promise resolves. */
export interface SegmentWriter {
  append(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface SegmentWriterOptions {
  /** Folder of the open segments. */
  readonly directory: string;
  /** Begins the names of this process's segments; unique to it. */
  readonly prefix: string;
  /** A segment is complete when it holds this many lines. */
  readonly maxLines: number;
  /** Told of every complete segment, by its name without extension. */
  readonly onComplete: (stem: string) => void;
}

interface Waiting {
  readonly text: string;
  readonly lines: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

interface Segment {
  readonly stem: string;
  readonly handle: FileHandle;
  lines: number;
}

export function openSegmentWriter(options: SegmentWriterOptions): SegmentWriter {
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | null = null;
  let segment: Segment | null = null;
  let count = 0;

  const completeSegment = async (): Promise<void> => {
    if (segment === null) return;
    const { stem, handle } = segment;
    segment = null;
    await handle.close();
    options.onComplete(stem);
  };

  const writeGroup = async (group: readonly Waiting[]): Promise<void> => {
    try {
      segment ??= await createSegment(options, (count += 1));
      await writeLines(segment, group);
      for (const { done } of group) done();
    } catch (cause) {
      // What a failed write left behind may be torn: it is never appended to again.
      await segment?.handle.close().catch(() => undefined);
      segment = null;
      const reason = cause instanceof Error ? cause.message : String(cause);
      const error = new StoreError(`${options.directory} can't be written: ${reason}`, { cause });
      for (const { failed } of group) failed(error);
    }
  };

  // All that waits goes to disk together: one fsync for however many requests came in meanwhile.
  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await writeGroup(group);
      if (segment !== null && segment.lines >= options.maxLines) await completeSegment();
    }
    flushing = null;
  };

  return {
    append: (lines) =>
      new Promise((done, failed) => {
        waiting.push({ text: lines.map((line) => `${line}\n`).join(''), lines: lines.length, done, failed });
        flushing ??= Promise.resolve().then(flush);
      }),
    async close() {
      await flushing;
      await completeSegment();
    },
  };
}

async function createSegment({ directory, prefix }: SegmentWriterOptions, count: number): Promise<Segment> {
  await mkdir(directory, { recursive: true });
  const stem = `${prefix}-${String(count).padStart(6, '0')}`;
  const handle = await open(join(directory, `${stem}.ndjson`), 'ax');
  await syncDirectory(directory);
  return { stem, handle, lines: 0 };
}

async function writeLines(segment: Segment, group: readonly Waiting[]): Promise<void> {
  await segment.handle.write(group.map(({ text }) => text).join(''));
  await segment.handle.datasync();
  segment.lines += group.reduce((sum, { lines }) => sum + lines, 0);
}
