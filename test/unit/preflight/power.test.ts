import { describe, expect, it } from 'vitest';
import { smallestHarm } from '../../../domain/preflight/smallest-harm.ts';
import { labelsUntilVisible, smallestVisibleRise } from '../../../domain/preflight/visible-rise.ts';
import { defaultProbationPolicy } from '../../../domain/probation/policy.ts';
import { run, simulateSmallestHarm } from '../../../simulations/preflight.ts';

const design = {
  policy: defaultProbationPolicy,
  labels: 4_000,
  blockLabels: 1,
  isRegression: false,
  pair: { meanSquare: 0.1, blockVariance: 0.1 },
  power: 0.8,
};
const rise = { rise: 0.05, blockRows: 1, blockVariance: 0.16, quietLabels: 10_000, power: 0.8 };

describe('the smallest loss that a probation catches', () => {
  it('is 1.9 points in 4,000 labels with a tenth of them discordant', () => {
    expect(smallestHarm(design)).toBeCloseTo(0.019, 3);
  });

  it('shrinks with labels and grows with discordance and dependence', () => {
    const one = smallestHarm(design)!;
    expect(smallestHarm({ ...design, labels: 16_000 })).toBeLessThan(one);
    expect(smallestHarm({ ...design, pair: { meanSquare: 0.3, blockVariance: 0.3 } })).toBeGreaterThan(one);
    const blocked = { ...design, blockLabels: 24, pair: { meanSquare: 0.1, blockVariance: 0.3 / 24 } };
    expect(smallestHarm(blocked)).toBeGreaterThan(one);
  });

  it('does not exist where there are next to no labels', () => {
    expect(smallestHarm({ ...design, labels: 5 })).toBeNull();
    expect(smallestHarm({ ...design, blockLabels: 2_000 })).toBeNull();
  });

  it('is caught about as often as is said', () => {
    const { caught } = simulateSmallestHarm({ discordant: 0.1, labels: 1_500, seed: 21 }, 60);
    expect(caught).toBeGreaterThan(0.65);
    expect(caught).toBeLessThan(0.97);
  });
});

describe('the labels until a loss is visible', () => {
  it('are 2,392 for errors that go from .20 to .25', () => {
    expect(labelsUntilVisible(rise)).toBe(2_392);
  });

  it('never come after too short a quiet', () => {
    expect(labelsUntilVisible({ ...rise, rise: 0.02 })).toBeNull();
    expect(labelsUntilVisible({ ...rise, quietLabels: 3 })).toBeNull();
    expect(smallestVisibleRise(rise, 10_000)).toBe(0.031);
    expect(smallestVisibleRise({ ...rise, quietLabels: 3 }, 10_000)).toBeNull();
  });

  it('are more for smaller and for dependent losses', () => {
    expect(labelsUntilVisible({ ...rise, rise: 0.04 })).toBeGreaterThan(2_392);
    expect(labelsUntilVisible({ ...rise, blockRows: 24, blockVariance: 0.32 / 24 })).toBeGreaterThan(2_392);
  });
});

it('keeps every promise in short simulations', () => {
  expect(run('short').filter(({ holds }) => !holds)).toEqual([]);
});
