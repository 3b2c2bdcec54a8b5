import { describe, expect, it } from 'vitest';
import { boundMean } from '../../../domain/gate/bootstrap.ts';
import { compareAuc } from '../../../domain/gate/delong.ts';
import { logLosses, primaryLosses } from '../../../domain/gate/losses.ts';
import { testMcNemar } from '../../../domain/gate/mcnemar.ts';
import { groupIntoUnits } from '../../../domain/gate/resampling-units.ts';
import { rowsNeeded, smallestVisibleEffect } from '../../../domain/gate/rows-needed.ts';
import vectors from '../../vectors/gate.json' with { type: 'json' };

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('agreement with reference implementations', () => {
  it.each(vectors.mcnemar)(
    'McNemar $onlyChallengerRight : $onlyChampionRight agrees with statsmodels and scipy',
    (c) => {
      const result = testMcNemar(c.onlyChallengerRight, c.onlyChampionRight);
      expect(result.method).toBe(c.exact ? 'exact' : 'normal');
      const smaller = Math.min(result.pValueBetter, result.pValueWorse);
      expect(Math.min(1, 2 * smaller)).toBeCloseTo(c.twoSided, 10);
      expect(Math.abs(result.pValueBetter - c.binomGreater)).toBeLessThan(c.exact ? 1e-10 : 2e-3);
    },
  );

  it.each(vectors.bootstrap)(
    'bootstrap bounds of $name values agree with scipy',
    ({ values, bounds, standardError }) => {
      const units = groupIntoUnits(Float64Array.from(values));
      expect(units.standardError).toBeCloseTo(standardError, 12);
      const ours = boundMean(units, 0.05, 20_000, 1)!;
      const tolerance = 0.08 * standardError;
      expectNear([ours.lower, ours.upper], bounds['0.9'], tolerance);
      expectNear([ours.interval.low, ours.interval.high], bounds['0.95'], tolerance);
    },
  );

  it('bounds of very many rows come from the normal law and are the same for every seed', () => {
    const units = groupIntoUnits(Float64Array.from({ length: 120_000 }, (_, i) => (i % 7) - 2));
    const bounds = boundMean(units, 0.05, 100, 1)!;
    expect(bounds.lower).toBeCloseTo(units.mean - 1.64485 * units.standardError, 5);
    expect(bounds.interval.high).toBeCloseTo(units.mean + 1.95996 * units.standardError, 5);
    expect(boundMean(units, 0.05, 100, 2)).toEqual(bounds);
  });

  it('bootstrap of whole blocks agrees with drawing blocks by hand', () => {
    const { values, blocks, bounds } = vectors.blockBootstrap;
    const units = groupIntoUnits(Float64Array.from(values), blocks);
    const ours = boundMean(units, 0.05, 20_000, 1)!;
    expectNear([ours.lower, ours.upper], bounds['0.9'], 0.08 * units.standardError);
    expectNear([ours.interval.low, ours.interval.high], bounds['0.95'], 0.08 * units.standardError);
    expect(units.standardError).toBeGreaterThan(1.5 * groupIntoUnits(Float64Array.from(values)).standardError);
  });

  it.each(vectors.auc)('AUC comparison with $name scores agrees with scikit-learn and the slow DeLong', (c) => {
    const result = compareAuc(c.labels, c.a, c.b)!;
    expect(result.aucA).toBeCloseTo(c.aucA, 12);
    expect(result.aucB).toBeCloseTo(c.aucB, 12);
    expect(result.difference).toBeCloseTo(c.difference, 12);
    expect(result.standardError).toBeCloseTo(c.standardError, 12);
    expect(result.pValue).toBeCloseTo(c.pValue, 10);
  });

  it.each([
    ['binary', 1],
    ['multiclass', 3],
  ] as const)('%s log loss and accuracy agree with scikit-learn', (task, width) => {
    const { labels, predictions, logLoss, accuracy } = vectors.losses[task];
    expect(mean(logLosses(labels, { width, values: predictions }))).toBeCloseTo(logLoss, 12);
    expect(1 - mean(primaryLosses(task, labels, { width, values: predictions }))).toBeCloseTo(accuracy, 12);
  });

  it.each(vectors.rowsNeeded)(
    '$rows rows are needed for $difference at discordance $discordantShare',
    ({ rows, ...design }) => {
      expect(rowsNeeded(design)).toBe(rows);
      expect(smallestVisibleEffect({ ...design, rows })).toBeCloseTo(design.difference, 5);
    },
  );
});

function expectNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  actual.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance));
}
