import { openDirectory, type OpenSegment, type Places, type RecordKind } from './layout.ts';
import type { Partition } from './partitions.ts';
import type { Sealer } from './seal.ts';
import { openSegmentWriter, type SegmentWriter, type SegmentWriterOptions } from './segment-writer.ts';

export type WriterOptions = Omit<SegmentWriterOptions, 'directory' | 'onBegin' | 'onComplete'>;

export interface Writers {
  /** @param lines a record each, as JSON */
  write(model: string, kind: RecordKind, lines: readonly string[]): Promise<void>;
  /** Was it written by this process? */
  isOwn(segment: OpenSegment | Partition): boolean;
  close(): Promise<void>;
}

/** One segment writer per model and kind. */
export function createWriters({ root }: Places, sealer: Sealer, options: WriterOptions): Writers {
  const writers = new Map<string, SegmentWriter>();
  const own = new Set<string>();
  const writerOf = (model: string, kind: RecordKind): SegmentWriter => {
    const key = `${model}/${kind}`;
    const writer =
      writers.get(key) ??
      openSegmentWriter({
        ...options,
        directory: openDirectory(root, model, kind),
        onBegin: (stem) => void own.add(stem),
        onComplete: (stem) => void sealer.seal({ model, kind, stem }),
      });
    writers.set(key, writer);
    return writer;
  };
  return {
    async write(model, kind, lines) {
      if (lines.length > 0) await writerOf(model, kind).append(lines);
    },
    isOwn: ({ stem }) => own.has(stem),
    async close() {
      await Promise.all([...writers.values()].map((writer) => writer.close()));
      await sealer.idle();
    },
  };
}
