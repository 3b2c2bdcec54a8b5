import { describe, expect, it } from 'vitest';
import { assignBins, calibrationError, confidencesOf } from '../../../domain/gate/calibration/calibration-error.ts';
import { gapsOf, groupAnswers } from '../../../domain/gate/fairness/gaps.ts';
import { testFlips } from '../../../domain/gate/flips/flip-test.ts';
import { brierLosses } from '../../../domain/gate/losses.ts';
import { testMean } from '../../../domain/gate/mean-test.ts';
import { scoreOf } from '../../../domain/gate/slices/slice-test.ts';
import { studentSurvival } from '../../../domain/math/student-t.ts';
import type { Task } from '../../../domain/task.ts';
import vectors from '../../vectors/guards.json' with { type: 'json' };

describe('the guards’ statistics agree with their references', () => {
  it('Student’s law with scipy', () => {
    for (const { t, df, survival } of vectors.student)
      expect(Math.abs(studentSurvival(t, df) - survival)).toBeLessThan(1e-9 * survival + 1e-15);
  });

  it.each(vectors.means)('a mean of rows against $limit with scipy’s ttest_1samp', (c) => {
    const tested = testMean(Float64Array.from(c.values), c.limit, 0.05)!;
    expect(tested.pBeyond).toBeCloseTo(c.pBeyond, 10);
    expect(tested.pWithin).toBeCloseTo(c.pWithin, 10);
    expect(tested.interval.low).toBeCloseTo(c.interval[0]!, 2);
    expect(tested.interval.high).toBeCloseTo(c.interval[1]!, 2);
  });

  it.each(vectors.flips)('$flips negative flips beside $errors errors with scipy’s binomtest', (c) => {
    const champion = [...Array.from({ length: c.flips }, () => 0), ...Array.from({ length: c.errors }, () => 1), 0, 0];
    const challenger = champion.map((_, row) => Number(row < c.flips));
    const tested = testFlips({ champion, challenger }, c.limit)!;
    expect(tested.pBeyond).toBeCloseTo(c.pBeyond, 10);
    expect(tested.pWithin).toBeCloseTo(c.pWithin, 10);
    expect(tested.share).toBe(c.flips / champion.length);
  });

  it.each(vectors.calibration)('Brier score and calibration error of $name probabilities with scikit-learn', (c) => {
    const predictions = { width: c.width, values: c.predictions };
    const losses = brierLosses(c.labels, predictions);
    expect(losses.reduce((sum, loss) => sum + loss, 0) / losses.length).toBeCloseTo(c.brier, 12);
    const { probabilities, hits } = confidencesOf(c.task as Task, c.labels, predictions);
    const sums = new Float64Array(c.bins);
    assignBins(probabilities, c.bins).forEach((bin, row) => (sums[bin]! += probabilities[row]! - hits[row]!));
    expect(calibrationError(sums, 0, c.bins, c.labels.length)).toBeCloseTo(c.error, 12);
  });

  it.each(vectors.tango)('$worse worse and $better better of $rows with Tango’s score, maximised numerically', (c) => {
    expect(scoreOf(c)).toBeCloseTo(c.z, 5);
  });

  it.each(vectors.fairness)('fairness gaps with fairlearn', (c) => {
    const grouped = groupAnswers({
      task: 'binary',
      labels: c.labels,
      groupOf: c.group,
      groups: Math.max(...c.group) + 1,
      models: [
        { width: 1, values: c.scores.map((score) => 1 - score) },
        { width: 1, values: c.scores },
      ],
    });
    const { units, width, sums } = grouped.unitSums;
    const total = new Float64Array(width);
    for (let u = 0; u < units; u++) for (let k = 0; k < width; k++) total[k]! += sums[u * width + k]!;
    const gaps = gapsOf(total, grouped, 2, 1);
    expect(gaps.demographicParity).toBeCloseTo(c.demographicParity, 12);
    expect(gaps.equalOpportunity).toBeCloseTo(c.equalOpportunity, 12);
  });
});
