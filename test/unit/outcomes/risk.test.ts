import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';
import { initialRiskWatch, watchRisk } from '../../../domain/outcomes/absolute-risk.ts';
import { betsInAdvance, mostWon, upperRiskBound } from '../../../domain/outcomes/risk-bound.ts';
import vectors from '../../vectors/risk.json' with { type: 'json' };

function errors(rate: number, rows: number, seed: number): Float64Array {
  const random = createRng(seed);
  return Float64Array.from({ length: rows }, () => (random() < rate ? 1 : 0));
}

/** Without alarms, which would begin the watch anew. */
function wealthOf(losses: readonly number[], limit: number): number {
  return losses.reduce((state, loss) => {
    const next = watchRisk({ ...state, logWealth: 0 }, [loss], limit);
    return { ...next.state, logWealth: state.logWealth + next.state.logWealth };
  }, initialRiskWatch).logWealth;
}

describe('upperRiskBound', () => {
  it.each(vectors.cases)('bets as confseq does: $name', ({ losses, heldOut }) => {
    for (const [m, logWealth] of heldOut) {
      expect(mostWon(losses, betsInAdvance(losses, vectors.level), m!)).toBeCloseTo(logWealth!, 9);
    }
  });

  it('is a little above the mean, and the closer the more rows there are', () => {
    expect(upperRiskBound(errors(0.2, 1_000, 1), 0.025)).toBeCloseTo(0.232, 3);
    expect(upperRiskBound(errors(0.2, 20_000, 1), 0.025)).toBeCloseTo(0.205, 3);
    expect(upperRiskBound(new Float64Array(1_000), 0.025)).toBeLessThan(0.02);
  });

  it('is 1 where there is no loss to go by, and where there is nothing but loss', () => {
    expect(upperRiskBound([], 0.025)).toBeCloseTo(1, 9);
    expect(upperRiskBound(new Float64Array(50).fill(1), 0.025)).toBeCloseTo(1, 9);
  });
});

describe('watchRisk', () => {
  it.each(vectors.cases)('bets as confseq does: $name', ({ losses, live }) => {
    for (const [m, logWealth] of live) expect(wealthOf(losses, m!)).toBeCloseTo(logWealth!, 9);
  });

  it('alarms at the seventh loss where all is lost', () => {
    expect(watchRisk(initialRiskWatch, new Array(8).fill(1), 0.2).alarms).toMatchObject([{ index: 6, mean: 1 }]);
  });

  it('gives the same alarms in parts as at once', () => {
    const losses = errors(0.3, 2_000, 2);
    const atOnce = watchRisk(initialRiskWatch, losses, 0.2);
    const first = watchRisk(initialRiskWatch, losses.subarray(0, 777), 0.2);
    const second = watchRisk(first.state, losses.subarray(777), 0.2);
    expect(atOnce.alarms.length).toBeGreaterThan(3);
    expect(second.state).toEqual(atOnce.state);
    expect(first.alarms.length + second.alarms.length).toBe(atOnce.alarms.length);
  });

  it('never answers NaN, and never alarms while no loss is above the limit', () => {
    const losses = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 300 });
    fc.assert(
      fc.property(losses, fc.double({ min: 1e-9, max: 1.01, noNaN: true }), (values, limit) => {
        const { state, alarms } = watchRisk(initialRiskWatch, values, limit);
        expect(JSON.stringify({ state, alarms })).not.toContain('null');
        if (values.every((value) => value <= limit)) expect(alarms).toEqual([]);
        expect(upperRiskBound(values, 0.025)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
