import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyCalibrator } from '../../../domain/calibration/calibrator.ts';
import { fitCalibrator } from '../../../domain/calibration/fit.ts';
import { measureScores } from '../../../domain/calibration/profile.ts';
import type { ScoredRows } from '../../../domain/calibration/scored-rows.ts';
import type { Task } from '../../../domain/task.ts';
import { diagnose } from '../../../domain/triage/diagnose.ts';
import { defaultTriagePolicy } from '../../../domain/triage/policy.ts';

const rowCounts = fc.constantFrom(0, 1, 10, 100, 600);
const probability = fc.oneof(fc.constantFrom(0, 1, 0.5, 0.5, 1e-300), fc.double({ min: 0, max: 1, noNaN: true }));
const value = fc.oneof(
  fc.constantFrom(0, -0, 1, 1, 1e50, -1e50, 1e-300),
  fc.double({ min: -1e50, max: 1e50, noNaN: true }),
);

/** Few distinct values, repeated: ties and constants are the rule. */
function repeated<T>(one: fc.Arbitrary<T>, rows: number): fc.Arbitrary<T[]> {
  return fc
    .array(one, { minLength: 1, maxLength: 9 })
    .map((some) => Array.from({ length: rows }, (_, row) => some[row % some.length]!));
}

function anyRows(task: Task): fc.Arbitrary<ScoredRows> {
  const width = task === 'multiclass' ? 3 : 1;
  const classes = task === 'multiclass' ? 3 : 2;
  return rowCounts.chain((rows) =>
    fc.record({
      labels: repeated<number>(task === 'regression' ? value : fc.nat({ max: classes - 1 }), rows),
      predictions: repeated(task === 'regression' ? value : probability, rows * width).map((values) => ({
        width,
        values,
      })),
    }),
  );
}

function numbersIn(found: unknown): number[] {
  if (typeof found === 'number') return [found];
  return typeof found === 'object' && found !== null ? Object.values(found).flatMap(numbersIn) : [];
}

const expectFinite = (found: unknown): void =>
  expect(numbersIn(found).filter((one) => !Number.isFinite(one))).toEqual([]);

describe.each<Task>(['binary', 'multiclass', 'regression'])('calibration of any %s rows', (task) => {
  it('has finite numbers, and outputs that stay in order', () => {
    fc.assert(
      fc.property(anyRows(task), (rows) => {
        const calibrator = fitCalibrator(task, rows);
        expectFinite(calibrator);
        if (calibrator === null) return;
        const { values } = applyCalibrator(calibrator, rows.predictions);
        expectFinite(Array.from(values));
        if (task === 'multiclass') return;
        const order = Array.from(rows.predictions.values, (_, row) => row).sort(
          (a, b) => rows.predictions.values[a]! - rows.predictions.values[b]!,
        );
        for (let at = 1; at < order.length; at++) {
          expect(values[order[at]!]! - values[order[at - 1]!]!).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('has finite numbers and whole sentences in its profile and diagnosis', () => {
    fc.assert(
      fc.property(anyRows(task), anyRows(task), (recent, held) => {
        const [now, holdout] = [measureScores(task, recent), measureScores(task, held)];
        expectFinite([now, holdout]);
        if (now === null || holdout === null) return;
        const found = diagnose({ task, recent, now, holdout }, defaultTriagePolicy, () => true);
        expectFinite(found);
        expect(`${found.ranking.reason} ${found.calibration!.reason}`).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('knows nothing of outputs that are no numbers', () => {
    const width = task === 'multiclass' ? 3 : 1;
    const predictions = { width, values: new Float64Array(600 * width).fill(Number.NaN) };
    const labels = Float64Array.from({ length: 600 }, (_, row) => row % 2);
    expect(measureScores(task, { labels, predictions })).toBeNull();
  });
});
