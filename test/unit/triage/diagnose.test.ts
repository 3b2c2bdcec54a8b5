import { describe, expect, it } from 'vitest';
import { measureScores } from '../../../domain/calibration/profile.ts';
import type { ScoredRows } from '../../../domain/calibration/scored-rows.ts';
import type { Task } from '../../../domain/task.ts';
import { diagnose } from '../../../domain/triage/diagnose.ts';
import { defaultTriagePolicy } from '../../../domain/triage/policy.ts';
import { drawBinary, drawMulticlass, drawValues } from '../calibration/cases.ts';

function outcomes(task: Task, recent: ScoredRows, held: ScoredRows) {
  const [now, holdout] = [measureScores(task, recent)!, measureScores(task, held)!];
  const question = { task, recent, now, holdout };
  const { ranking, calibration, isLossHidden } = diagnose(question, defaultTriagePolicy, () => true);
  return {
    ranking,
    calibration: calibration!,
    isLossHidden,
    outcomes: [ranking.outcome, calibration!.outcome],
  };
}

const held = drawBinary({ rows: 4_000, seed: 1 });

/** One row in twenty is of class 1, and the model knows it. */
function drawRare(seed: number, slope = 1): ScoredRows {
  const shift = -4;
  const { labels, predictions } = drawBinary({ rows: 20_000, seed, slope, shift });
  const values = predictions.values.map((chance) => {
    const odds = (chance / (1 - chance)) * Math.exp(shift);
    return odds / (1 + odds);
  });
  return { labels, predictions: { ...predictions, values } };
}

describe('diagnose', () => {
  it('finds nothing where nothing has changed', () => {
    const found = outcomes('binary', drawBinary({ rows: 2_000, seed: 2 }), held);
    expect(found.outcomes).toEqual(['pass', 'pass']);
    expect(found.ranking.reason).toMatch(
      /^the ranking holds \(AUC 0\.8\d+ against 0\.8\d+ on the holdout, 2,000 rows\)$/,
    );
    expect(found.calibration.reason).toMatch(/^calibration holds \(recalibrating gains -?0\.0\d+ of a loss of/);
  });

  it('finds calibration lost where scores mean something else in the same order', () => {
    const { outcomes: found, calibration } = outcomes(
      'binary',
      drawBinary({ rows: 2_000, seed: 3, shift: -1.5 }),
      held,
    );
    expect(found).toEqual(['pass', 'fail']);
    expect(calibration.effectSize).toBeGreaterThan(0.1);
    expect(calibration.interval!.low).toBeGreaterThan(0);
  });

  it('finds the ranking lost where scores know less', () => {
    const found = outcomes('binary', drawBinary({ rows: 2_000, seed: 4, slope: 0.2 }), held);
    expect(found.ranking).toMatchObject({ outcome: 'fail', reason: expect.stringMatching(/^the ranking is lost/) });
    expect(found.isLossHidden).toBe(false);
  });

  describe('where almost all rows are of one class', () => {
    const holdout = drawRare(1);

    it('finds a lost ranking that errors hide', () => {
      expect(outcomes('binary', drawRare(4, 0.2), holdout)).toMatchObject({
        ranking: { outcome: 'fail' },
        isLossHidden: true,
      });
      expect(outcomes('binary', drawRare(5), holdout)).toMatchObject({
        ranking: { outcome: 'pass' },
        isLossHidden: false,
      });
    });

    it('does not take a ranking for lost that is worse by less than the margin', () => {
      const found = outcomes('binary', drawRare(4, 0.75), holdout);
      expect(found).toMatchObject({ ranking: { outcome: 'fail' }, isLossHidden: false });
    });

    it('says nothing of a month in which one class was rare', () => {
      const found = outcomes('binary', drawRare(4, 0.2), held);
      expect(found).toMatchObject({ ranking: { outcome: 'fail' }, isLossHidden: false });
    });
  });

  it('does not blame calibration for a world that got harder', () => {
    const { ranking } = outcomes('binary', drawBinary({ rows: 2_000, seed: 5, noise: 3 }), held);
    expect(ranking.outcome).toBe('fail');
  });

  it('tells them apart for several classes and for values', () => {
    const classes = drawMulticlass(4_000, 6, 1);
    expect(outcomes('multiclass', drawMulticlass(2_000, 7, 1), classes).outcomes).toEqual(['pass', 'pass']);
    expect(outcomes('multiclass', drawMulticlass(2_000, 8, 0.1), classes).outcomes[0]).toBe('fail');
    const values = drawValues(4_000, 9, 1, 0);
    expect(outcomes('regression', drawValues(2_000, 10, 1, 0), values).outcomes).toEqual(['pass', 'pass']);
    expect(outcomes('regression', drawValues(2_000, 11, 1, 15), values).outcomes).toEqual(['pass', 'fail']);
    expect(outcomes('regression', drawValues(2_000, 12, 1, 0, 8), values).outcomes[0]).toBe('fail');
  });

  it('does not look at calibration where nobody asks', () => {
    const recent = drawBinary({ rows: 2_000, seed: 3, shift: -1.5 });
    const [now, holdout] = [measureScores('binary', recent)!, measureScores('binary', held)!];
    const question = { task: 'binary', recent, now, holdout } as const;
    const { ranking, calibration } = diagnose(question, defaultTriagePolicy, ({ outcome }) => outcome !== 'pass');
    expect([ranking.outcome, calibration]).toEqual(['pass', null]);
  });

  it('says that few rows, or rows of one class, tell nothing', () => {
    const few = outcomes('binary', drawBinary({ rows: 300, seed: 13, shift: -2 }), held);
    expect(few.outcomes).toEqual(['inconclusive', 'inconclusive']);
    expect(few.ranking.reason).toBe("the ranking can't be judged: 300 rows with an outcome, 500 are needed");
    const one = outcomes('binary', drawBinary({ rows: 600, seed: 14, shift: -50 }), held);
    expect(one.outcomes).toEqual(['inconclusive', 'inconclusive']);
    expect(one.calibration.reason).toBe('no calibrator can be fitted to these rows');
  });
});
