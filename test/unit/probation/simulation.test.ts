import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';
import { observePairs } from '../../../domain/probation/observe.ts';
import { initialProbation } from '../../../domain/probation/state.ts';
import { defaultProbationPolicy } from '../../../domain/probation/policy.ts';
import {
  equal,
  fivePointsWorse,
  medianDelay,
  runMany,
  runSwaying,
  shareOf,
  watchOnly,
} from '../../../simulations/probation.ts';

describe('probation on simulated labels', () => {
  it('rolls back at most a share α of equal models over 2,000 discordant rows, looked at after every one', () => {
    // Concordant rows move neither test, so only the discordant tenth of 20,000 labels is drawn.
    const policy = { ...watchOnly(2000), dMax: 2000 };
    const decisions = runMany(200, 11, policy, [{ fromLabel: 0, onlyNewWrong: 0.5, onlyOldWrong: 0.5 }], 2000);
    expect(shareOf(decisions, 'rolled-back')).toBeLessThanOrEqual(0.05);
  });

  it('finds 5 points of harm in a few hundred labels, at once and after a start as equals', () => {
    const atOnce = runMany(60, 12, watchOnly(8000), [fivePointsWorse], 8000);
    expect(shareOf(atOnce, 'rolled-back')).toBe(1);
    expect(medianDelay(atOnce, 'rolled-back')).toBeLessThan(450);
    const later = runMany(40, 13, watchOnly(8000), [equal, { ...fivePointsWorse, fromLabel: 1000 }], 8000);
    expect(shareOf(later, 'rolled-back')).toBe(1);
    expect(medianDelay(later, 'rolled-back', 1000)).toBeLessThan(800);
  });

  it('is not fooled by equal models of which each is better for days on end, once it looks at blocks', () => {
    expect(shareOf(runSwaying(60, 11, 1, 5_000), 'rolled-back')).toBeGreaterThan(0.2);
    expect(shareOf(runSwaying(60, 11, 100, 5_000), 'rolled-back')).toBeLessThanOrEqual(0.05);
  });

  it('rolls back few equal regression models, whose losses are skewed', () => {
    const rng = createRng(14);
    const loss = () => -Math.log(1 - rng());
    const rolledBack = Array.from({ length: 60 }, () => {
      const pairs = Array.from({ length: 1500 }, () => ({ newLoss: loss(), oldLoss: loss() }));
      return observePairs(initialProbation({ ...defaultProbationPolicy, minLabels: 1e9 }, 'regression', 5), pairs)
        .decision;
    }).filter((decision) => decision?.outcome === 'rolled-back');
    expect(rolledBack.length).toBeLessThanOrEqual(3);
  });
});
