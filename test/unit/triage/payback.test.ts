import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  measureExcess,
  predictionsWithin,
  weighRetraining,
  type PaybackQuestion,
} from '../../../domain/triage/payback.ts';

const question: PaybackQuestion = {
  excessLoss: 0.04,
  predictions: 2_000,
  servedRows: 10_000,
  costs: { lossUnit: 3, training: 50, gate: 10, rollback: 200 },
  trainingCost: 50,
  badPromotionRisk: 0.05,
};

describe('weighRetraining', () => {
  it('sets what is saved against what it costs', () => {
    expect(weighRetraining(question)).toEqual({
      savedLoss: 80,
      predictions: 2_000,
      value: 240,
      cost: 70,
      pays: true,
      bestPeriodRows: Math.round(Math.sqrt((2 * 70) / ((0.04 / 10_000) * 3))),
      reason:
        'retraining is expected to save 80 units of loss in the next 2,000 predictions, worth 240, and costs 70: it pays; at this decay, one in 3,416 predictions costs least',
    });
  });

  it('shows no more than the loss without costs, and lets nothing speak against it', () => {
    const sum = weighRetraining({ ...question, costs: null });
    expect(sum).toMatchObject({ value: null, cost: null, pays: null, bestPeriodRows: 5_000 });
    expect(sum.reason).toBe(
      'retraining is expected to save 80 units of loss in the next 2,000 predictions; at this decay, one in 5,000 predictions costs least',
    );
  });

  it('has the period that costs least per prediction', () => {
    const { bestPeriodRows } = weighRetraining(question);
    const costPerRow = (period: number) => 70 / period + ((0.04 / 10_000) * 3 * period) / 2;
    for (const period of [0.5, 0.9, 1.1, 2].map((factor) => factor * bestPeriodRows!)) {
      expect(costPerRow(period)).toBeGreaterThan(costPerRow(bestPeriodRows!));
    }
  });

  it('saves nothing, and knows no period, where nothing was lost', () => {
    expect(weighRetraining({ ...question, excessLoss: -0.1 })).toMatchObject({
      savedLoss: 0,
      pays: false,
      bestPeriodRows: null,
    });
    expect(weighRetraining({ ...question, servedRows: 0 }).bestPeriodRows).toBe(1);
  });

  it('has finite numbers whatever it is given', () => {
    const amount = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true }));
    fc.assert(
      fc.property(
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        amount,
        amount,
        amount,
        amount,
        (excessLoss, predictions, servedRows, lossUnit, training) => {
          const sum = weighRetraining({
            ...question,
            excessLoss,
            predictions,
            servedRows,
            costs: { lossUnit, training, gate: 0, rollback: 0 },
          });
          const numbers = [sum.savedLoss, sum.value, sum.cost, sum.bestPeriodRows].filter((value) => value !== null);
          expect(numbers.every(Number.isFinite)).toBe(true);
          expect(sum.reason).not.toMatch(/NaN|Infinity/);
        },
      ),
      { seed: 4 },
    );
  });
});

describe('measureExcess', () => {
  const profile = { rows: 900, ranking: null, loss: 0.5 };

  it('is in wrong answers, or in the utility that is missing where both are known', () => {
    const [now, holdout] = [
      { ...profile, error: 0.3 },
      { ...profile, error: 0.2 },
    ];
    expect(measureExcess({ now, holdout })).toBeCloseTo(0.1, 12);
    expect(measureExcess({ now: { ...now, utility: -2 }, holdout })).toBeCloseTo(0.1, 12);
    expect(measureExcess({ now: { ...now, utility: -2 }, holdout: { ...holdout, utility: 1.5 } })).toBe(3.5);
  });
});

describe('predictionsWithin', () => {
  it('counts rows as they are and labels at their pace', () => {
    const clock = { rows: 10_000, labels: 4_000, eventMs: 5 };
    expect(predictionsWithin({ rows: 500 }, clock)).toBe(500);
    expect(predictionsWithin({ labels: 1_000 }, clock)).toBe(2_500);
    expect(predictionsWithin({ labels: 1_000 }, { ...clock, labels: 0 })).toBeNull();
    expect(predictionsWithin({ eventMs: 1_000 }, clock)).toBeNull();
  });
});
