import { StoreError } from './layout.ts';
import { createSegment, nameSegment, type Segment, type SegmentOptions } from './segment.ts';

/** Appends lines to one segment after another; a line is written, as far as the durability says, when its promise resolves. */
export interface SegmentWriter {
  append(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface SegmentWriterOptions extends SegmentOptions {
  /** A segment is complete when it holds this many lines, when it is as old as may be, and when its UTC date is over. */
  readonly maxLines: number;
  /** Told of every segment that is begun, and of every complete one, by its name without extension. */
  readonly onBegin: (stem: string) => void;
  readonly onComplete: (stem: string) => void;
  /** Told of every group of records that was written, and how long that took. */
  readonly onFlush: (seconds: number, records: number) => void;
}

interface Waiting {
  readonly text: string;
  readonly lines: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export function openSegmentWriter(options: SegmentWriterOptions): SegmentWriter {
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | null = null;
  let segment: Segment | null = null;
  const wake = (): void => void (flushing ??= Promise.resolve().then(flush));

  const completeSegment = async (): Promise<void> => {
    if (segment === null) return;
    const { stem, close } = segment;
    segment = null;
    await close();
    options.onComplete(stem);
  };

  const writeGroup = async (group: readonly Waiting[]): Promise<void> => {
    try {
      segment ??= await beginSegment(options, wake);
      const lines = group.reduce((sum, one) => sum + one.lines, 0);
      const startedMs = performance.now();
      await segment.append(group.map(({ text }) => text).join(''), lines);
      options.onFlush((performance.now() - startedMs) / 1_000, lines);
      for (const { done } of group) done();
    } catch (cause) {
      const canGoOn = segment === null || (await segment.cutOff());
      if (!canGoOn) await completeSegment();
      const reason = cause instanceof Error ? cause.message : String(cause);
      const error = new StoreError(`${options.directory} can't be written: ${reason}`, { cause });
      for (const { failed } of group) failed(error);
    }
  };

  // All that waits goes to disk together: one sync for however many requests came in meanwhile.
  const flush = async (): Promise<void> => {
    do {
      if (segment?.isOver(options.now()) === true) await completeSegment();
      const group = waiting;
      waiting = [];
      if (group.length > 0) await writeGroup(group);
      if (segment !== null && segment.lines() >= options.maxLines) await completeSegment();
    } while (waiting.length > 0);
    flushing = null;
  };

  return {
    append: (lines) =>
      new Promise((done, failed) => {
        waiting.push({ text: `${lines.join('\n')}\n`, lines: lines.length, done, failed });
        wake();
      }),
    async close() {
      await flushing;
      await completeSegment();
    },
  };
}

async function beginSegment(options: SegmentWriterOptions, wake: () => void): Promise<Segment> {
  const stem = nameSegment(options);
  options.onBegin(stem);
  return await createSegment(stem, options, wake);
}
