import type { KeyValue } from './limits.ts';
import type { WireNumber } from './numbers.ts';
import type { Limits } from './options.ts';

export interface WireMetric {
  readonly key: string;
  readonly value: WireNumber;
  readonly timestamp: number;
  readonly step: number;
}

/** What one `log-batch` takes. */
export interface Batch {
  readonly metrics: readonly WireMetric[];
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}

type Kind = keyof Batch;
type Item = { readonly kind: Kind; readonly item: WireMetric | KeyValue; readonly bytes: number };

/** Splits into batches that the server accepts: by items of each kind, by items in all, and by bytes. Nothing is left out, the order stays. */
export function splitBatch({ metrics, params, tags }: Batch, limits: Limits): readonly Batch[] {
  const items = [...weigh('params', params), ...weigh('tags', tags), ...weigh('metrics', metrics)];
  const batches: Record<Kind, (WireMetric | KeyValue)[]>[] = [];
  let open = emptyBatch();
  let bytes = 0;
  let count = 0;
  for (const one of items) {
    const isFull =
      open[one.kind].length >= limitOf(one.kind, limits) ||
      count >= limits.itemsPerBatch ||
      (count > 0 && bytes + one.bytes > limits.bytesPerBatch);
    if (isFull) {
      batches.push(open);
      open = emptyBatch();
      bytes = count = 0;
    }
    open[one.kind].push(one.item);
    bytes += one.bytes;
    count += 1;
  }
  if (count > 0) batches.push(open);
  return batches as unknown as readonly Batch[];
}

function emptyBatch(): Record<Kind, (WireMetric | KeyValue)[]> {
  return { metrics: [], params: [], tags: [] };
}

function weigh(kind: Kind, items: readonly (WireMetric | KeyValue)[]): readonly Item[] {
  return items.map((item) => ({ kind, item, bytes: Buffer.byteLength(JSON.stringify(item)) + 1 }));
}

function limitOf(kind: Kind, limits: Limits): number {
  switch (kind) {
    case 'metrics':
      return limits.metricsPerBatch;
    case 'params':
      return limits.paramsPerBatch;
    case 'tags':
      return limits.tagsPerBatch;
  }
}
