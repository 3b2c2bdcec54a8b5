import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeProbation } from '../../../domain/probation/judge.ts';
import { observePairs } from '../../../domain/probation/observe.ts';
import { defaultProbationPolicy } from '../../../domain/probation/policy.ts';
import { logMcNemarEValue } from '../../../domain/probation/sequential-mcnemar.ts';
import { initialProbation } from '../../../domain/probation/state.ts';

const policy = { ...defaultProbationPolicy, horizonLabels: 60, extendLabels: 40, minLabels: 10, dMax: 50 };
const start = initialProbation(policy, 'binary');
const pairs = fc.array(fc.record({ newLoss: fc.nat(1), oldLoss: fc.nat(1) }), { maxLength: 200 });
const wildPairs = fc.array(
  fc.record({
    newLoss: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    oldLoss: fc.double({ min: 0, max: 10, noNaN: true }),
  }),
  { maxLength: 120 },
);

describe('whatever the labels', () => {
  it('batches make no difference, nor does a trip through JSON between them', () => {
    fc.assert(
      fc.property(pairs, fc.nat(200), (all, cut) => {
        const stored = JSON.parse(JSON.stringify(observePairs(start, all.slice(0, cut)))) as typeof start;
        expect(observePairs(stored, all.slice(cut))).toEqual(observePairs(start, all));
      }),
    );
  });

  it('a decision, once made, stays', () => {
    fc.assert(
      fc.property(pairs, pairs, (first, later) => {
        const state = observePairs(start, first);
        if (state.decision) expect(observePairs(state, later)).toEqual(state);
      }),
    );
  });

  it('figures are finite and the state does not grow', () => {
    const size = JSON.stringify(initialProbation(policy, 'regression')).length;
    fc.assert(
      fc.property(wildPairs, (all) => {
        const state = observePairs(initialProbation(policy, 'regression'), all);
        expect(JSON.stringify(state).length).toBeLessThan(size + 1000);
        const verdict = judgeProbation(state);
        expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
        expect(verdict.reason).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });

  it('the e-value knows only how many rows told against whom, and more against the new model never lowers it', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (a, b) => {
        expect(Number.isFinite(logMcNemarEValue(a, b))).toBe(true);
        expect(logMcNemarEValue(a + 1, b)).toBeGreaterThan(logMcNemarEValue(a, b));
        expect(logMcNemarEValue(a, b + 1)).toBeLessThan(logMcNemarEValue(a, b));
      }),
    );
  });
});
