import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';
import { arrivedShare, estimateArrivals, labelWatermarkMs, type ArrivalTimes } from '../../../domain/outcomes/label-arrivals.ts'; // prettier-ignore
import { matureCount } from '../../../domain/outcomes/maturity.ts';

const dayMs = 86_400_000;

/** Rows of one clock: labelled after `delay`, or not yet (NaN), each seen for `age`. */
function timesOf(rows: readonly { age: number; delay: number }[]): ArrivalTimes {
  const nowMs = 1_000_000 * dayMs;
  return {
    predictedMs: Float64Array.from(rows, ({ age }) => nowMs - age),
    labelledMs: Float64Array.from(rows, ({ age, delay }) => nowMs - age + delay),
    untimed: 0,
  };
}

/** A row an hour for `days`; a share `coverage` gets its label after an exponential delay. */
function stream(days: number, { coverage = 0.6, meanDays = 10, seed = 1 } = {}): ArrivalTimes {
  const random = createRng(seed);
  return timesOf(
    Array.from({ length: days * 24 }, (_, row) => {
      const age = (days * 24 - 1 - row) * (dayMs / 24);
      const delay = random() < coverage ? -Math.log(1 - random()) * meanDays * dayMs : Number.NaN;
      return { age, delay: delay <= age ? delay : Number.NaN };
    }),
  );
}

describe('how labels arrive', () => {
  it('is Kaplan and Meier’s estimate: their curve of the remissions under 6-MP (Freireich 1963), each patient fifteen times', () => {
    const remissions = [6, 6, 6, 7, 10, 13, 16, 22, 23];
    const censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
    const rows = [
      ...remissions.map((delay) => ({ age: 100, delay })),
      ...censored.map((age) => ({ age, delay: Number.NaN })),
    ].flatMap((row) => Array.from({ length: 15 }, () => row));
    const arrivals = estimateArrivals(timesOf([...rows, { age: 0, delay: Number.NaN }]), 0.95);
    expect(arrivals?.agesMs).toEqual([6, 7, 10, 13, 16, 22, 23]);
    const published = [0.857, 0.807, 0.753, 0.69, 0.627, 0.538, 0.448];
    for (const [step, share] of (arrivals?.shares ?? []).entries()) expect(share).toBeCloseTo(1 - published[step]!, 3);
    expect(arrivals).toMatchObject({ rows: 316, labels: 135, matureAgeMs: 23 });
  });

  it('finds coverage and delays although the labels of young rows are still to come', () => {
    for (const seed of [1, 2, 3]) {
      const times = stream(200, { seed });
      const arrivals = estimateArrivals(times, 0.95);
      expect(Math.abs((arrivals?.coverage ?? 0) - 0.6)).toBeLessThan(0.04);
      expect(Math.abs((arrivals?.medianMs ?? 0) / dayMs - 10 * Math.log(2))).toBeLessThan(1);
      expect(Math.abs((arrivals?.matureAgeMs ?? 0) / dayMs - 10 * Math.log(20))).toBeLessThan(5);
      expect(arrivals?.matureAgeMs).toBe(arrivals?.p95Ms);
      expect(labelWatermarkMs(arrivals!)).toBe(arrivals!.nowMs - arrivals!.matureAgeMs);
    }
  });

  it('is a step where all take equally long', () => {
    const rows = Array.from({ length: 200 }, (_, row) => ({
      age: row * 60_000,
      delay: row < 10 ? Number.NaN : 600_000,
    }));
    const arrivals = estimateArrivals(timesOf(rows), 0.95)!;
    expect(arrivals).toMatchObject({ coverage: 1, medianMs: 600_000, matureAgeMs: 600_000 });
    expect([599_999, 600_000, 9e9].map((age) => arrivedShare(arrivals, age))).toEqual([0, 1, 1]);
  });

  it('is not known with few labels, with many that don’t say when, or while rows are too young to tell', () => {
    expect(estimateArrivals(stream(5), 0.95)).toBeNull();
    expect(estimateArrivals(timesOf([]), 0.95)).toBeNull();
    const times = stream(200);
    expect(estimateArrivals({ ...times, untimed: 1_000 }, 0.95)).toBeNull();
    expect(estimateArrivals({ ...times, untimed: 100 }, 0.95)).not.toBeNull();
    // Delays of 60 days, seen for 100: half of what is to come may be later.
    expect(estimateArrivals(stream(100, { meanDays: 60 }), 0.95)).toBeNull();
  });

  it('rises from 0 to the coverage, whatever the rows', () => {
    const row = fc.record({ age: fc.nat(1_000), delay: fc.option(fc.nat(1_000), { nil: Number.NaN }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 300, maxLength: 600 }), (rows) => {
        const seen = rows.map(({ age, delay }) => ({ age, delay: delay <= age ? delay : Number.NaN }));
        const arrivals = estimateArrivals(timesOf(seen), 0.9);
        if (arrivals === null) return;
        const { shares, coverage, medianMs, p95Ms } = arrivals;
        expect([...shares].sort((a, b) => a - b)).toEqual(shares);
        expect(shares.at(-1)).toBe(coverage);
        expect(coverage).toBeLessThanOrEqual(1);
        expect(medianMs).toBeLessThanOrEqual(p95Ms);
      }),
    );
  });
});

describe('rows are mature', () => {
  const options = { labelDelayRows: 4_000, matureShare: 0.95 };
  const times = stream(200);
  const arrivals = estimateArrivals(times, 0.95)!;
  const labels = times.labelledMs.map((ms) => (Number.isNaN(ms) ? Number.NaN : 1));

  it('when their share of the labels that ever come has come, where not every row gets one', () => {
    expect(matureCount(labels, options)).toBeLessThan(times.labelledMs.length - 3_900);
    const mature = matureCount(labels, options, { arrivals, predictedMs: times.predictedMs });
    const youngestMs = times.predictedMs[mature - 1]!;
    expect(youngestMs).toBeLessThanOrEqual(labelWatermarkMs(arrivals));
    expect(labelWatermarkMs(arrivals) - youngestMs).toBeLessThan(4 * dayMs);
  });

  it('not while far fewer have come than rows of their age have: the feed has stopped', () => {
    const stopped = labels.map((label, row) => (row >= 1_200 ? Number.NaN : label));
    const ages = { arrivals, predictedMs: times.predictedMs };
    expect(matureCount(stopped, options, ages)).toBeLessThanOrEqual(1_200);
    expect(matureCount(stopped, options, ages)).toBeGreaterThan(1_100);
  });

  it('not where it is not known when they were predicted', () => {
    const predictedMs = times.predictedMs.map(() => Number.NaN);
    expect(matureCount(labels, options, { arrivals, predictedMs })).toBe(matureCount(labels, options));
  });
});
