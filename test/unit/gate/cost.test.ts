import { describe, expect, it } from 'vitest';
import { checkCost } from '../../../domain/gate/cost/check-cost.ts';
import { compareCosts, type ServingCost } from '../../../domain/gate/cost/serving-cost.ts';
import { judgeGate } from '../../../domain/gate/judge.ts';
import { selectCandidate } from '../../../domain/gate/select-candidate.ts';
import { binaryEvidence, policy as strict } from './cases.ts';

const cost = (bytes: number, medianMs?: number): ServingCost => ({
  bytes,
  speed: medianMs === undefined ? null : { medianMs, p99Ms: 2 * medianMs, rowsPerSecond: 50_000 },
});
/** The example's probabilities are made up. */
const policy = { ...strict, calibrationMargin: 1, brierMargin: 1 };
const better = { both: 1600, onlyChallenger: 200, onlyChampion: 40, neither: 160 };
const withCosts = (challenger: ServingCost, champion: ServingCost | null = null) =>
  binaryEvidence(better, { costs: { challenger, champion } });

describe('which of two costs less', () => {
  it('is the quicker one where that can be told, else the smaller one', () => {
    expect(compareCosts(cost(9_000, 1), cost(1_000, 2))).toBeLessThan(0);
    expect(compareCosts(cost(9_000, 2), cost(1_000, 1))).toBeGreaterThan(0);
    expect(compareCosts(cost(9_000, 1), cost(1_000, 1.4))).toBeGreaterThan(0);
    expect(compareCosts(cost(9_000), cost(1_000, 5))).toBeGreaterThan(0);
    expect(compareCosts(cost(1_000), cost(1_000))).toBe(0);
  });

  it('decides between candidates that validation can’t tell apart, and only between them', () => {
    const candidate = (id: string, wrong: number, parameters: number, measured: ServingCost) => {
      // Each is wrong on rows of its own, or on nearly all.
      const from = parameters === 1 ? 0 : parameters % 7;
      const losses = Array.from({ length: 400 }, (_, row) => ((row + 60 * from) % 400 < wrong ? 1 : 0));
      return { id, validationLoss: wrong / 400, losses, parameters, cost: measured };
    };
    const candidates = [
      candidate('few-but-slow', 61, 10, cost(1_000, 9)),
      candidate('quick', 61, 1_000, cost(9_000, 1)),
      candidate('best', 60, 100, cost(2_000, 9)),
      candidate('worse', 200, 1, cost(10, 0.1)),
    ];
    expect(selectCandidate(candidates)).toMatchObject({ id: 'quick', tied: ['best', 'few-but-slow', 'quick'] });
    expect(selectCandidate(candidates.toReversed())!.id).toBe('quick');
  });
});

describe('the check of cost', () => {
  it('tells what both cost, and decides nothing without a limit', () => {
    const checks = checkCost(withCosts(cost(12_345, 0.81), cost(2_000_000, 1)), policy);
    expect(checks).toMatchObject([{ name: 'cost', outcome: 'pass', advisory: true, statistic: 1.62 }]);
    expect(checks[0]!.reason).toBe(
      'challenger: 12.3 kB, 0.81 ms a row (99th percentile 1.6 ms), 50,000 rows/s; ' +
        'champion: 2 MB, 1 ms a row (99th percentile 2 ms), 50,000 rows/s',
    );
    expect(checkCost(binaryEvidence(better), policy)).toEqual([]);
  });

  it('refuses a better challenger that is too slow or too large', () => {
    const slow = judgeGate(withCosts(cost(1_000, 3)), { ...policy, maxLatencyMs: 5 });
    expect(slow).toMatchObject({
      outcome: 'fail',
      reason:
        'challenger is slower than the limit of 5 ms a row; challenger: 1 kB, 3 ms a row (99th percentile 6 ms), 50,000 rows/s',
    });
    const large = judgeGate(withCosts(cost(3_000_000, 3)), { ...policy, maxBytes: 2_000_000 });
    expect(large.reason).toMatch(/^challenger is larger than the limit of 2 MB; challenger: 3 MB, /);
    expect(judgeGate(withCosts(cost(1_000, 2)), { ...policy, maxLatencyMs: 5, maxBytes: 2_000 }).outcome).toBe('pass');
  });

  it('leaves a limit that was not measured to a person', () => {
    const verdict = judgeGate(withCosts(cost(1_000)), { ...policy, maxLatencyMs: 5 });
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.reason).toContain('not measured against the limit of 5 ms a row');
  });
});
