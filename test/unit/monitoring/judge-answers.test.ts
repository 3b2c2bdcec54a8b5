import { describe, expect, it } from 'vitest';
import { measureResiduals } from '../../../domain/answers/residuals.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { judgeAvailability, judgeIntervals } from '../../../domain/monitoring/judge-answers.ts';

const classes = ['refuse', 'grant'];
const rows = 1_000;

/** Loans that are granted to half; a label comes with the probability of its answer. */
function loans(refused: number, granted: number, seed = 1) {
  const random = createRng(seed);
  const values = Float64Array.from({ length: rows }, () => random());
  const labels = values.map((p) => (random() < (p < 0.5 ? refused : granted) ? 1 : Number.NaN));
  return { versions: Array.from({ length: rows }, () => '1'), outputs: { width: 1, values }, labels };
}

describe('whether labels depend on what was answered', () => {
  it('is told with both shares', () => {
    const [finding, ...others] = judgeAvailability(loans(0, 0.9), classes);
    expect(others).toEqual([]);
    expect(finding?.kind).toBe('label-availability');
    expect(finding?.reason).toMatch(
      /^labels depend on what was answered: they came for 0% of answer refuse against 9[0-4]% of answer grant \(p = /,
    );
  });

  it('is told of versions, too', () => {
    const even = loans(0.8, 0.8);
    const versions = even.versions.map((_, row) => (row < 500 ? '1' : '2'));
    const labels = even.labels.map((label, row) => (row >= 500 && row % 2 === 0 ? Number.NaN : label));
    const findings = judgeAvailability({ ...even, versions, labels }, classes);
    expect(findings.map(({ sources }) => sources)).toEqual([['the version']]);
    expect(findings[0]?.reason).toMatch(/of version 2 against .* of version 1/);
  });

  it('is not told where the difference is small, however significant, and not of values', () => {
    expect(judgeAvailability(loans(0.85, 0.93), classes)).toEqual([]);
    expect(judgeAvailability(loans(0, 0.9), [])).toEqual([]);
  });

  it('is rarely told of labels that come evenly', () => {
    const told = Array.from({ length: 300 }, (_, seed) => judgeAvailability(loans(0.7, 0.7, seed), classes).length);
    expect(told.filter((count) => count > 0).length).toBeLessThanOrEqual(6);
  });
});

/** Values around 0 with normal-like errors of this size, of which the holdout saw size 1. */
function forecasts(size: number, seed = 1) {
  const random = createRng(seed);
  const draw = (): number => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6);
  const holdout = Float64Array.from({ length: 500 }, draw);
  const labels = Float64Array.from({ length: rows }, () => size * draw());
  const versions = Array.from({ length: rows }, () => '1');
  const residuals = measureResiduals(holdout, new Float64Array(500))!;
  const window = { versions, outputs: { width: 1, values: new Float64Array(rows) }, labels };
  return { window, promise: { champion: '1', residuals, intervalLevel: 0.9 } };
}

describe('whether intervals hold what they promise', () => {
  it('is told when too many outcomes lie outside', () => {
    const { window, promise } = forecasts(2);
    const [finding] = judgeIntervals(window, promise);
    expect(finding).toMatchObject({ kind: 'performance-drift', sources: ['interval-coverage'] });
    expect(finding?.reason).toMatch(
      /^[56]\d\.\d% of 1000 outcomes lie in the intervals of version 1, which promise 90.0%$/,
    );
  });

  it('is told when intervals are far too wide', () => {
    const { window, promise } = forecasts(0.4);
    expect(judgeIntervals(window, promise)[0]?.reason).toMatch(/^(99|100)\.\d%/);
  });

  it('is rarely told where nothing has changed', () => {
    const told = Array.from({ length: 200 }, (_, seed) => {
      const { window, promise } = forecasts(1, seed);
      return judgeIntervals(window, promise).length;
    });
    expect(told.filter((count) => count > 0).length).toBeLessThanOrEqual(2);
  });

  it('can’t be said of few outcomes, of another version, or of a promise that the holdout is too small for', () => {
    const { window, promise } = forecasts(3);
    const few = window.labels.map((label, row) => (row < 150 ? label : Number.NaN));
    expect(judgeIntervals({ ...window, labels: few }, promise)).toEqual([]);
    expect(judgeIntervals(window, { ...promise, champion: '2' })).toEqual([]);
    expect(judgeIntervals(window, { ...promise, intervalLevel: 0.9999 })).toEqual([]);
  });
});
