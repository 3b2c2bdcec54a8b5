import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gainOf, labelsForEvidence, periodLabels, type Gain } from '../../../domain/lifecycle/period.ts';
import { finishRetraining, gateResult, observed, retraining, serving, tell } from '../../support/lifecycle.ts';
import { testPolicy } from '../../support/policy.ts';

const policy = { ...testPolicy, retrain: { ...testPolicy.retrain, every: 'auto', minFreshLabels: 500 } as const };
const period = (...gains: Gain[]): number => periodLabels({ gains, policy });
const evidence = (...gains: Gain[]): number => labelsForEvidence({ gains, policy });

describe('the period after which retraining pays', () => {
  it('is where the losses of a decaying model and the cost of a training are least together', () => {
    const gains = [
      { labels: 1_500, gain: 0.03 },
      { labels: 1_500, gain: 0.03 },
    ];
    expect(period(...gains)).toBe(2_236);
    const cost = (labels: number): number => 50 / labels + (0.00002 * labels) / 2;
    expect(cost(2_236)).toBeLessThan(Math.min(cost(2_100), cost(2_400)));
  });

  it('begins with what is usual, and is longer after challengers that gained nothing', () => {
    expect(period()).toBe(5_000);
    expect(period({ labels: 2_000, gain: 0 }, { labels: 3_000, gain: 0 })).toBe(6_000);
  });

  it('is not shortened by gains that chance alone would show', () => {
    const lucky = { labels: 3_000, gain: 0.08, standardError: 0.08 };
    expect(period(lucky, lucky)).toBe(2_739);
    expect(period({ ...lucky, standardError: 0.2 }, { ...lucky, standardError: 0.2 })).toBe(6_000);
    const sure = { labels: 3_000, gain: 0.08, standardError: 0.01 };
    expect(period(sure, sure)).toBe(1_944);
  });

  it('waits until a holdout can hold eight pieces of evidence, at most twice as long as the last one did', () => {
    const days = { labels: 7_000, gain: 0.08, standardError: 0.01, pieceRows: 640 };
    expect(evidence(days)).toBe(10_240);
    expect(period(days, days, days)).toBe(10_240);
    expect(evidence({ ...days, labels: 4_000 })).toBe(8_000);
  });

  it('takes no notice of one holdout that a change went through', () => {
    const even = { labels: 5_000, gain: 0 };
    expect(evidence(even, even, { ...even, pieceRows: 1_000 })).toBe(500);
    expect(evidence(even, { ...even, pieceRows: 1_000 })).toBe(500);
  });

  it('is never shorter than the fresh labels a gate needs, nor more than twice the last one', () => {
    const gain = fc.record({
      labels: fc.integer({ min: 1, max: 1e6 }),
      gain: fc.double({ min: -1, max: 1, noNaN: true }),
      standardError: fc.double({ min: 0, max: 1, noNaN: true }),
      pieceRows: fc.double({ min: 1, max: 1e5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(gain, { maxLength: 4 }), (gains) => {
        const found = period(...gains);
        expect(found).toBeGreaterThanOrEqual(500);
        expect(found).toBeLessThanOrEqual(2 * Math.max(500, gains.at(-1)?.labels ?? 5_000));
      }),
    );
  });

  it('is learned from the gates of the model itself', () => {
    const gain = { name: 'paired-loss', outcome: 'pass', reason: '', rowsSeen: 1_000, effectSize: 0.1 } as const;
    const first = finishRetraining(
      retraining(serving({ ...policy }), 10_000),
      gateResult({ outcome: 'fail', version: null }),
    );
    const second = finishRetraining(
      retraining(first, 14_000),
      gateResult({ outcome: 'fail', version: null, checks: [gain] }),
    );
    // The gate turned it down, and yet it was ahead.
    expect(second.state.gains).toEqual([{ labels: 4_000, gain: 0.1 }]);
    const due = tell(second, observed(14_000 + periodLabels(second.state)));
    expect(due.state.pending.map(({ kind }) => kind)).toEqual(['schedule']);
  });

  it('knows how sure a gain is, and how many pieces of evidence the holdout came to', () => {
    const check = { name: 'paired-loss', outcome: 'fail', reason: '', rowsSeen: 1_200, effectSize: 0.02 } as const;
    expect(gainOf([{ ...check, statistic: 2, piecesSeen: 30 }], 3_000)).toEqual({
      labels: 3_000,
      gain: 0.02,
      standardError: 0.01,
      pieceRows: 40,
    });
    expect(gainOf([{ ...check, effectSize: 0, statistic: 0 }], 3_000)).toEqual({ labels: 3_000, gain: 0 });
    expect(gainOf([], 3_000)).toBeNull();
  });
});
