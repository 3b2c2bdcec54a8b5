import { describe, expect, it } from 'vitest';
import type { Signal, SignalKind } from '../../../domain/lifecycle/signals.ts';
import { mayCallForTraining, judgeTriage, mayRecalibrate, type TriageQuestion } from '../../../domain/triage/judge.ts';
import { weighRetraining } from '../../../domain/triage/payback.ts';
import type { Outcome } from '../../../domain/verdict.ts';

const signal = (kind: SignalKind, reason = `reason of ${kind}`): Signal => ({ kind, reason, atMs: 0 });
const judge = (signals: readonly Signal[], more: Partial<TriageQuestion> = {}) =>
  judgeTriage({ signals, diagnosis: null, payback: null, wasRecalibrated: false, ...more });

const diagnosed = (ranking: Outcome, calibration: Outcome) => ({
  ranking: { name: 'ranking', outcome: ranking, reason: `ranking ${ranking}`, rowsSeen: 1_000 },
  calibration: { name: 'calibration', outcome: calibration, reason: `calibration ${calibration}`, rowsSeen: 1_000 },
  isLossHidden: false,
});

const costs = { lossUnit: 3, training: 50, gate: 10, rollback: 200 };
const payback = (excessLoss: number, given: typeof costs | null = costs) =>
  weighRetraining({
    excessLoss,
    predictions: 2_000,
    servedRows: 10_000,
    costs: given,
    trainingCost: 50,
    badPromotionRisk: 0.05,
  });

describe('judgeTriage', () => {
  it.each(['manual', 'external', 'schedule', 'performance-drift'] as const)('retrains on %s', (kind) => {
    expect(judge([signal(kind)])).toEqual({ action: 'retrain', reason: `retraining, because reason of ${kind}` });
  });

  it.each(['data-drift', 'prediction-drift', 'estimated-performance'] as const)('notes %s alone', (kind) => {
    expect(judge([signal(kind)]).action).toBe('nothing');
  });

  it('retrains where inputs or predictions drift and errors hide that the ranking is lost', () => {
    const diagnosis = { ...diagnosed('fail', 'pass'), isLossHidden: true };
    expect(judge([signal('prediction-drift')], { diagnosis })).toEqual({
      action: 'retrain',
      reason: 'retraining, because ranking fail; reason of prediction-drift',
      checks: [diagnosis.ranking],
    });
    expect(judge([signal('prediction-drift')], { diagnosis: diagnosed('fail', 'pass') }).action).toBe('nothing');
  });

  it('blocks on a break in data quality, whatever else is signalled', () => {
    const triage = judge([signal('performance-drift'), signal('data-quality', 'the label feed is silent')]);
    expect(triage).toEqual({
      action: 'fix-data',
      reason: 'training is blocked until the data are fixed: the label feed is silent',
    });
  });

  it('lets a person train in spite of it', () => {
    expect(judge([signal('data-quality'), signal('manual')]).action).toBe('retrain');
  });

  it('does nothing without a signal', () => {
    expect(judge([])).toEqual({ action: 'nothing', reason: 'there is no signal' });
  });

  it('recalibrates where performance was lost, the ranking holds and calibration is gone', () => {
    const diagnosis = diagnosed('pass', 'fail');
    expect(judge([signal('performance-drift'), signal('data-drift')], { diagnosis })).toEqual({
      action: 'recalibrate',
      reason: 'recalibrating, because reason of performance-drift; ranking pass, calibration fail',
      checks: [diagnosis.ranking, diagnosis.calibration],
    });
  });

  it.each([
    ['the ranking is lost', diagnosed('fail', 'fail')],
    ['it is open whether the ranking holds', diagnosed('inconclusive', 'fail')],
    ['calibration holds', diagnosed('pass', 'pass')],
    ['calibration is unknown', diagnosed('pass', 'inconclusive')],
  ])('retrains where %s', (_, diagnosis) => {
    expect(judge([signal('performance-drift')], { diagnosis }).action).toBe('retrain');
  });

  it('does not recalibrate twice, nor where the calendar or a person asks for a retraining', () => {
    const diagnosis = diagnosed('pass', 'fail');
    expect(judge([signal('performance-drift')], { diagnosis, wasRecalibrated: true }).action).toBe('retrain');
    expect(judge([signal('performance-drift'), signal('schedule')], { diagnosis }).action).toBe('retrain');
    expect(judge([signal('performance-drift'), signal('manual')], { diagnosis }).action).toBe('retrain');
  });

  it('judges without calibration where that was not asked', () => {
    const diagnosis = { ...diagnosed('fail', 'fail'), calibration: null };
    expect(judge([signal('performance-drift')], { diagnosis })).toMatchObject({
      action: 'retrain',
      checks: [diagnosis.ranking],
    });
  });

  it('retrains only where it pays, unless somebody asks', () => {
    const little = payback(0.01);
    expect(judge([signal('performance-drift')], { payback: little })).toMatchObject({
      action: 'nothing',
      payback: little,
    });
    expect(judge([signal('schedule')], { payback: little }).reason).toMatch(
      /^noted, not worth a retraining: reason of schedule; .* it does not pay;/,
    );
    expect(judge([signal('external')], { payback: little }).action).toBe('retrain');
    expect(judge([signal('performance-drift')], { payback: payback(0.04) }).reason).toMatch(
      /worth 240, and costs 70: it pays/,
    );
    expect(judge([signal('performance-drift')], { payback: payback(0.01, null) }).action).toBe('retrain');
  });
});

describe('mayCallForTraining', () => {
  it.each(['manual', 'external', 'schedule', 'performance-drift'] as const)('is true of %s', (kind) => {
    expect(mayCallForTraining([signal('data-drift'), signal(kind)])).toBe(true);
  });

  it('is true of a drift, behind which errors may hide a loss', () => {
    expect(mayCallForTraining([signal('data-drift')])).toBe(true);
  });

  it('is false of no signal, and of broken data unless a person asks', () => {
    expect(mayCallForTraining([])).toBe(false);
    expect(mayCallForTraining([signal('data-quality'), signal('performance-drift')])).toBe(false);
    expect(mayCallForTraining([signal('data-quality'), signal('manual')])).toBe(true);
  });
});

describe('mayRecalibrate', () => {
  const ranking = (outcome: Outcome) => diagnosed(outcome, 'fail').ranking;
  const lost = signal('performance-drift');

  it('is true where nothing but lost performance calls, and the ranking holds', () => {
    expect(mayRecalibrate([lost, signal('data-drift')], false, ranking('pass'))).toBe(true);
  });

  it('is false where the ranking is not known to hold, it was tried before, or somebody asks', () => {
    expect(mayRecalibrate([lost], false, ranking('fail'))).toBe(false);
    expect(mayRecalibrate([lost], false, ranking('inconclusive'))).toBe(false);
    expect(mayRecalibrate([lost], true, ranking('pass'))).toBe(false);
    expect(mayRecalibrate([lost, signal('external')], false, ranking('pass'))).toBe(false);
  });
});
