import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodLabels, type Gain } from '../../../domain/lifecycle/period.ts';
import { finishRetraining, gateResult, observed, retraining, serving, tell } from '../../support/lifecycle.ts';
import { testPolicy } from '../../support/policy.ts';

const policy = { ...testPolicy, retrain: { ...testPolicy.retrain, every: 'auto', minFreshLabels: 500 } as const };
const period = (...gains: Gain[]): number => periodLabels({ gains, policy });

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

  it('is never shorter than the fresh labels a gate needs, nor more than twice the last one', () => {
    const gain = fc.record({
      labels: fc.integer({ min: 1, max: 1e6 }),
      gain: fc.double({ min: -1, max: 1, noNaN: true }),
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
});
