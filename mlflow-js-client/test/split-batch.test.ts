import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../src/index.ts';
import { lengthOf } from '../src/limits.ts';
import { fromWire, toWire } from '../src/numbers.ts';
import { splitBatch } from '../src/split-batch.ts';

const pair = fc.record({ key: fc.string({ maxLength: 40 }), value: fc.string({ maxLength: 300 }) });
const metric = fc.record({
  key: fc.string({ maxLength: 40 }),
  value: fc.double().map(toWire),
  timestamp: fc.nat(),
  step: fc.nat(),
});
const limits = {
  ...defaultLimits,
  metricsPerBatch: 20,
  paramsPerBatch: 7,
  tagsPerBatch: 5,
  itemsPerBatch: 24,
  bytesPerBatch: 2_000,
};

describe('splitting a batch', () => {
  it('leaves nothing out, keeps the order, and keeps every limit', () => {
    fc.assert(
      fc.property(fc.array(metric, { maxLength: 90 }), fc.array(pair), fc.array(pair), (metrics, params, tags) => {
        const batches = splitBatch({ metrics, params, tags }, limits);
        expect(batches.flatMap((batch) => batch.metrics)).toEqual(metrics);
        expect(batches.flatMap((batch) => batch.params)).toEqual(params);
        expect(batches.flatMap((batch) => batch.tags)).toEqual(tags);
        for (const batch of batches) {
          const count = batch.metrics.length + batch.params.length + batch.tags.length;
          expect(batch.metrics.length).toBeLessThanOrEqual(limits.metricsPerBatch);
          expect(batch.params.length).toBeLessThanOrEqual(limits.paramsPerBatch);
          expect(batch.tags.length).toBeLessThanOrEqual(limits.tagsPerBatch);
          expect(count).toBeLessThanOrEqual(limits.itemsPerBatch);
          const bytes = Buffer.byteLength(JSON.stringify(batch));
          expect(count === 1 || bytes <= limits.bytesPerBatch + 40).toBe(true);
        }
      }),
    );
  });

  it('of nothing is no batch', () => {
    expect(splitBatch({ metrics: [], params: [], tags: [] }, limits)).toEqual([]);
  });

  it("takes MLflow's limits of 1,000 metrics, 100 params and 100 tags", () => {
    const metrics = Array.from({ length: 2_001 }, (_, step) => ({ key: 'm', value: 1, timestamp: 0, step }));
    const pairs = Array.from({ length: 101 }, (_, index) => ({ key: `k${index}`, value: '' }));
    const sizes = splitBatch({ metrics, params: pairs, tags: pairs }, defaultLimits).map((batch) => [
      batch.metrics.length,
      batch.params.length,
      batch.tags.length,
    ]);
    expect(sizes).toEqual([
      [0, 100, 0],
      [0, 1, 100],
      [999, 0, 1],
      [1_000, 0, 0],
      [2, 0, 0],
    ]);
  });
});

describe('numbers on the wire', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e308, max: 1e308 }), (value) => {
        expect(fromWire(JSON.parse(JSON.stringify(toWire(value))) as number)).toBe(Object.is(value, -0) ? 0 : value);
      }),
    );
    expect([NaN, Infinity, -Infinity].map((value) => fromWire(toWire(value)))).toEqual([NaN, Infinity, -Infinity]);
  });

  it('that stand for infinity in a database are infinite', () => {
    expect([Number.MAX_VALUE, -Number.MAX_VALUE].map(fromWire)).toEqual([Infinity, -Infinity]);
  });
});

it('characters are counted as MLflow does: an emoji is one', () => {
  expect([lengthOf('a😀é'), 'a😀é'.length]).toEqual([3, 4]);
});
