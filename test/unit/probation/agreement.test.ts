import { describe, expect, it } from 'vitest';
import { initialBetting, stepBetting } from '../../../domain/probation/betting.ts';
import { logHarmEValue } from '../../../domain/probation/evidence.ts';
import { initialMixtureBets, logMixtureWealth, stepMixtureBets } from '../../../domain/probation/mixture-betting.ts';
import { observePairs } from '../../../domain/probation/observe.ts';
import { defaultProbationPolicy } from '../../../domain/probation/policy.ts';
import { logMcNemarEValue } from '../../../domain/probation/sequential-mcnemar.ts';
import { logShiryaevRoberts } from '../../../domain/probation/shiryaev-roberts.ts';
import { initialProbation } from '../../../domain/probation/state.ts';
import vectors from '../../vectors/gate.json' with { type: 'json' };

describe('agreement with plain definitions', () => {
  it('has the e-value of the worked example', () => {
    expect(Math.exp(logMcNemarEValue(3, 1))).toBeCloseTo(1.36055404, 10);
  });

  it('has the e-values and the detector of a Python loop without logarithms, at every label', () => {
    const { newLosses, oldLosses, eValues, shiryaevRoberts } = vectors.probation;
    let state = initialProbation({ ...defaultProbationPolicy, minLabels: Infinity }, 'binary');
    newLosses.forEach((newLoss, i) => {
      state = observePairs(state, [{ newLoss, oldLoss: oldLosses[i]! }]);
      expect(Math.exp(logHarmEValue(state)) / eValues[i]!).toBeCloseTo(1, 9);
      expect(Math.exp(logShiryaevRoberts(state.decay))).toBeCloseTo(shiryaevRoberts[i]!, 8);
    });
    expect(state.labels).toBe(newLosses.length);
  });

  it('has the same e-values when it bets with the shares of the McNemar test', () => {
    const { newLosses, oldLosses, eValues } = vectors.probation;
    let wealth = initialMixtureBets;
    newLosses.forEach((newLoss, i) => {
      wealth = stepMixtureBets(wealth, newLoss - oldLosses[i]!);
      expect(Math.exp(logMixtureWealth(wealth.slice(0, -1))) / eValues[i]!).toBeCloseTo(1, 9);
    });
  });

  it('bets as the definition says', () => {
    let state = initialBetting;
    vectors.betting.differences.forEach((difference, i) => {
      state = stepBetting(state, difference);
      expect(Math.exp(state.logWealth) / vectors.betting.wealth[i]!).toBeCloseTo(1, 9);
    });
  });
});
