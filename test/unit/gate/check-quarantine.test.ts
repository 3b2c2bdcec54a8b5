import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkQuarantine, type QuarantineEvidence } from '../../../domain/gate/check-quarantine.ts';
import type { Predictions } from '../../../domain/task.ts';

const rows = 1_000;

/** Says `p` to every row, except that it says 1 − p to the rows from `from` to `to`. */
function saying(p: number, from = 0, to = 0): Predictions {
  return { width: 1, values: Float64Array.from({ length: rows }, (_, row) => (row >= from && row < to ? 1 - p : p)) };
}

const check = (
  changes: Partial<QuarantineEvidence> & { readonly predictions: Predictions | null; sameWeights?: boolean },
) => {
  const { predictions, sameWeights = false, ...evidence } = changes;
  const asked = {
    task: 'binary',
    rows,
    challenger: saying(0.9),
    champion: saying(0.9, 0, 40),
    recalibrated: false,
  } as const;
  const quarantined = [{ version: '3', sameWeights, predictions }];
  return checkQuarantine({ ...asked, ...evidence, quarantined })[0]!;
};

describe('a challenger that does what a rolled-back version did', () => {
  it('is refused where 3 of 1,000 answers differ, and is told what to do', () => {
    const { outcome, reason, effectSize } = check({ predictions: saying(0.8, 500, 503) });
    expect(outcome).toBe('fail');
    expect(effectSize).toBe(0.997);
    expect(reason).toBe(
      'does what version 3 did, which was rolled back: the same answer in .997 of 1,000 rows; wait for fresh labels, or release version 3',
    );
  });

  it('is refused where the weights are the same, whatever they say', () => {
    expect(check({ predictions: saying(0.1), sameWeights: true })).toMatchObject({ outcome: 'fail' });
  });

  it('is refused by its weights alone, or is for a person to judge, where the files of that version are gone', () => {
    expect(check({ predictions: null, sameWeights: true })).toMatchObject({ outcome: 'fail', rowsSeen: 0 });
    for (const changes of [{}, { sameWeights: true, recalibrated: true }]) {
      const { outcome, reason } = check({ ...changes, predictions: null });
      expect(outcome).toBe('inconclusive');
      expect(reason).toMatch(/its files are gone.*release version 3$/);
    }
  });

  it('is refused in a regression where values are within a hundredth of a deviation', () => {
    const wave = (shift: number): Predictions => ({
      width: 1,
      values: Float64Array.from({ length: rows }, (_, row) => 100 * Math.sin(row) + shift),
    });
    const asked = { task: 'regression', challenger: wave(0), champion: wave(30) } as const;
    expect(check({ ...asked, predictions: wave(0.5) }).outcome).toBe('fail');
    expect(check({ ...asked, predictions: wave(2) }).outcome).toBe('pass');
  });
});

describe('a challenger is let through', () => {
  it.each([
    ['differs in more than 5 of 1,000 answers', { predictions: saying(0.9, 500, 506) }],
    [
      'is as near to the champion: there is hardly a row to tell models apart',
      { predictions: saying(0.9), champion: saying(0.9) },
    ],
    [
      'has a new calibrator on the same weights, and other probabilities',
      { predictions: saying(0.7), sameWeights: true, recalibrated: true },
    ],
    ['answers another number of classes', { predictions: { width: 3, values: new Float64Array(3 * rows) } }],
  ])('that %s', (_, changes) => {
    expect(check(changes).outcome).toBe('pass');
  });

  it('where nothing is in quarantine', () => {
    const champion = saying(0.9);
    const asked = {
      task: 'binary',
      rows,
      challenger: champion,
      champion,
      recalibrated: false,
      quarantined: [],
    } as const;
    expect(checkQuarantine(asked)).toEqual([]);
  });
});

it('a check of the quarantine has finite figures, with rows or without', () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
  fc.assert(
    fc.property(values, values, (a, b) => {
      const found = check({
        rows: a.length,
        challenger: { width: 1, values: a },
        predictions: { width: 1, values: b },
      });
      expect(Number.isFinite(found.effectSize)).toBe(true);
      if (a.length !== b.length || a.length === 0) expect(found.outcome).toBe('pass');
    }),
  );
});
