import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialSpending, lordLevel, spend, type SpendingState } from '../../../domain/gate/lord.ts';
import { run } from '../../../simulations/spending.ts';
import vectors from '../../vectors/lord.json' with { type: 'json' };

describe('LORD++', () => {
  it.each(vectors.cases)('gives the levels of the formula: $name', ({ alpha, pValues, levels, discoveries }) => {
    let state: SpendingState = initialSpending;
    const found: number[] = [];
    pValues.forEach((pValue, index) => {
      const level = lordLevel(state, alpha);
      expect(level / levels[index]!).toBeCloseTo(1, 10);
      if (pValue <= level) found.push(index + 1);
      state = spend(state, pValue <= level);
    });
    expect(found).toEqual(discoveries);
    expect(state).toEqual({ tests: pValues.length, discoveries });
  });

  it('never spends more than the level, and more after a discovery than without', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (outcomes) => {
        const state = outcomes.reduce(spend, initialSpending);
        const level = lordLevel(state, 0.05);
        expect(level).toBeGreaterThan(0);
        expect(level).toBeLessThan(0.05);
        expect(lordLevel(spend(state, true), 0.05)).toBeGreaterThan(lordLevel(spend(state, false), 0.05));
      }),
    );
  });

  it('forgets the oldest discoveries, which only lowers the level', () => {
    const state = Array.from({ length: 500 }).reduce<SpendingState>((before) => spend(before, true), initialSpending);
    expect(state.discoveries).toHaveLength(200);
    expect(lordLevel(state, 0.05)).toBeLessThan(0.05);
  });
});

describe('promotions in the long run', () => {
  it.each(run('short'))('$name: $measured, promised $promised', ({ holds }) => expect(holds).toBe(true));
});
