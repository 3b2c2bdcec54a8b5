import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';
import { observePairs } from '../../../domain/probation/observe.ts';
import { defaultProbationPolicy } from '../../../domain/probation/policy.ts';
import { initialProbation, type LossPair } from '../../../domain/probation/state.ts';
import { beginTrace, tracePairs } from '../../../domain/probation/trace.ts';

const policy = { ...defaultProbationPolicy, minLabels: 10_000, horizonLabels: 20_000, maxExtensions: 0 };

function drawPairs(count: number, harm: number, seed = 1): LossPair[] {
  const random = createRng(seed);
  return Array.from({ length: count }, () => ({
    newLoss: Number(random() < 0.2 + harm),
    oldLoss: Number(random() < 0.2),
  }));
}

const start = (blockLabels: number) => initialProbation({ ...policy, blockLabels }, 'binary');

describe('the trace of a probation', () => {
  it('ends where watching without it ends, however the labels come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_500 }),
        fc.integer({ min: 1, max: 700 }),
        fc.constantFrom(1, 24),
        fc.constantFrom(0, 0.1),
        (labels, batch, blockLabels, harm) => {
          const pairs = drawPairs(labels, harm);
          let seen = { state: start(blockLabels), trace: beginTrace(start(blockLabels)) };
          for (let from = 0; from < labels; from += batch)
            seen = tracePairs(seen.state, pairs.slice(from, from + batch), seen.trace);
          expect(seen.state).toEqual(observePairs(start(blockLabels), pairs));
          const { points } = seen.trace;
          expect(points.length).toBeLessThanOrEqual(200);
          expect(points.at(-1)?.label).toBe(seen.state.labels);
          const found = points.map(({ label }) => label);
          expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is the same when a look is repeated', () => {
    const pairs = drawPairs(900, 0);
    const first = tracePairs(start(1), pairs.slice(0, 500), beginTrace(start(1)));
    const second = tracePairs(first.state, pairs.slice(500), first.trace);
    const again = tracePairs(first.state, pairs.slice(500), second.trace);
    expect(again.state).toEqual(second.state);
    expect(again.trace.points.at(-1)).toEqual(second.trace.points.at(-1));
    expect(again.trace.points.length).toBeLessThanOrEqual(200);
  });

  it('shows the evidence crossing the threshold at the label that decides', () => {
    const { state, trace } = tracePairs(start(1), drawPairs(2_000, 0.3), beginTrace(start(1)));
    expect(state.decision?.outcome).toBe('rolled-back');
    const [before, last] = trace.points.slice(-2);
    expect(last).toMatchObject({ label: state.decision?.atLabel });
    expect(last!.logHarm).toBeGreaterThanOrEqual(trace.thresholds.harm);
    expect(before!.logHarm).toBeLessThan(trace.thresholds.harm);
  });
});
