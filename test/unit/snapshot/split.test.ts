import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';
import { planRecalibration, planSplit, usefulWindows, windowOf } from '../../../domain/snapshot/split.ts';
import { testPolicy } from '../../support/policy.ts';

const policy = testPolicy.snapshot;

describe('planRecalibration', () => {
  it('fits to fresh rows only, and holds out the newest of them', () => {
    expect(planRecalibration(10_000, 2_000, 200, policy)).toEqual({
      outcome: 'split',
      split: {
        train: { from: 0, to: 8_000 },
        validation: { from: 8_000, to: 9_000 },
        holdout: { from: 9_000, to: 10_000 },
      },
    });
  });

  it('fits to the recent window where more is fresh', () => {
    expect(planRecalibration(10_000, 10_000, 200, policy)).toMatchObject({
      split: { validation: { from: 3_000, to: 5_000 } },
    });
  });

  it('says how many fresh rows it needs', () => {
    const reason = '299 labelled rows are fresh, a new calibrator needs 300';
    expect(planRecalibration(10_000, 299, 200, policy)).toEqual({ outcome: 'too-few-rows', reason });
    expect(planRecalibration(10_000, 300, 200, policy).outcome).toBe('split');
  });
});

describe('planSplit', () => {
  it('holds out the newest half of the fresh rows, and validates on a share of the recent window', () => {
    expect(planSplit(10_000, 2_000, false, 200, policy)).toEqual({
      outcome: 'split',
      split: {
        train: { from: 0, to: 8_600 },
        validation: { from: 8_600, to: 9_000 },
        holdout: { from: 9_000, to: 10_000 },
      },
    });
  });

  it('holds out the newest fifth of all rows for a first champion', () => {
    const plan = planSplit(5_000, 5_000, true, 200, policy);
    expect(plan).toMatchObject({ split: { holdout: { from: 4_000, to: 5_000 } } });
  });

  it('validates on twenty spells of dependent labels, up to its share of all rows', () => {
    const validated = (labelBlockRows: number): number => {
      const plan = planSplit(10_000, 2_000, false, 200, policy, labelBlockRows);
      return plan.outcome === 'split' ? plan.split.validation.to - plan.split.validation.from : 0;
    };
    expect([1, 15, 50, 500].map(validated)).toEqual([400, 400, 1_000, 1_800]);
  });

  it('takes more than the share where the gate needs it', () => {
    expect(planSplit(10_000, 300, false, 200, policy)).toMatchObject({ split: { holdout: { from: 9_800 } } });
  });

  it.each([
    [10_000, 150, '150 labelled rows are fresh, the gate needs a holdout of 200'],
    [300, 300, '300 labelled rows leave 70 to train on, 100 are needed'],
    [0, 0, '0 labelled rows are fresh, the gate needs a holdout of 200'],
  ])('refuses %d rows of which %d are fresh', (rows, fresh, reason) => {
    expect(planSplit(rows, fresh, false, 200, policy)).toEqual({ outcome: 'too-few-rows', reason });
  });

  it('covers every row once and never holds out a row that is not fresh', () => {
    const rows = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(rows, rows, fc.boolean(), (rowCount, fresh, isFirst) => {
        const freshRows = Math.min(rowCount, fresh);
        const plan = planSplit(rowCount, freshRows, isFirst, 200, policy);
        if (plan.outcome !== 'split') return;
        const { train, validation, holdout } = plan.split;
        expect([train.from, train.to, validation.to, holdout.to]).toEqual([0, validation.from, holdout.from, rowCount]);
        expect(holdout.to - holdout.from).toBeLessThanOrEqual(freshRows);
        expect(holdout.to - holdout.from).toBeGreaterThanOrEqual(200);
      }),
    );
  });
});

describe('windowOf', () => {
  const short = { recentRows: 2_000 };
  const long = { from: 0, to: 9_000 };

  it('is the newest end of the training part, a quarter of that, or all of it', () => {
    expect(windowOf('recent', long, short)).toEqual({ from: 7_000, to: 9_000 });
    expect(windowOf('newest', long, short)).toEqual({ from: 8_500, to: 9_000 });
    expect(windowOf('all', long, short)).toEqual(long);
    expect(windowOf('newest', { from: 0, to: 300 }, short)).toEqual({ from: 0, to: 300 });
  });

  it.each([
    [9_000, ['recent', 'all', 'newest']],
    [2_000, ['recent', 'newest']],
    [400, ['recent']],
  ] as const)('differs by name where there are %i rows: %s', (to, different) => {
    const labels = Float64Array.from({ length: to }, createRng(1));
    expect(usefulWindows(['recent', 'all', 'newest'], { from: 0, to }, short, labels)).toEqual(different);
  });

  it('is not the newest one where its labels come in a few long spells, unless there is no other', () => {
    const labels = Float64Array.from({ length: 9_000 }, (_, row) => Math.floor(row / 40) % 2);
    expect(usefulWindows(['recent', 'newest'], long, short, labels)).toEqual(['recent']);
    expect(usefulWindows(['newest'], long, short, labels)).toEqual(['newest']);
  });

  it('is the newest one after a change, which is no spell', () => {
    const rng = createRng(2);
    const labels = Float64Array.from({ length: 9_000 }, (_, row) => Number(rng() < (row < 8_200 ? 0.1 : 0.7)));
    expect(usefulWindows(['recent', 'newest'], long, short, labels)).toEqual(['recent', 'newest']);
  });
});
