import type { Predictions } from '../../task.ts';
import type { GateEvidence } from '../evidence.ts';
import { squaredErrorUnit } from '../losses.ts';
import { answerOf, utilityOf } from './utility.ts';

/**
 * What the gate compares models by, as a loss: 1 for a wrong answer; a squared error in units of the labels' variance; or, where the project says what
 * answers are worth, the worth that is missing to the best one seen, as a share of the range seen. So margins mean the same for all.
 */
export interface PrimaryLoss {
  readonly kind: 'error' | 'squared' | 'utility';
  readonly lossOf: (actual: number, predicted: number) => number;
  /** Utility from the worst to the best that either model got on the holdout; 1 for other losses. */
  readonly range: number;
  /** Utility of a loss of 0. */
  readonly best: number;
}

export function primaryLossOf(evidence: GateEvidence): PrimaryLoss {
  const { task, labels, utility } = evidence;
  if (utility) {
    const { low, high } = observedRange(evidence);
    const range = high > low ? high - low : 1;
    return {
      kind: 'utility',
      range,
      best: high,
      lossOf: (actual, predicted) => (high - utility(actual, predicted)) / range,
    };
  }
  if (task !== 'regression')
    return { kind: 'error', range: 1, best: 0, lossOf: (actual, predicted) => (actual === predicted ? 0 : 1) };
  const unit = squaredErrorUnit(labels);
  return { kind: 'squared', range: 1, best: 0, lossOf: (actual, predicted) => (predicted - actual) ** 2 / unit };
}

/** Losses of a model's answers, by row. */
export function lossesOfModel(
  primary: PrimaryLoss,
  { task, labels }: GateEvidence,
  predictions: Predictions,
): Float64Array {
  return Float64Array.from(labels, (label, row) => primary.lossOf(label, answerOf(task, predictions, row)));
}

/** Lowest and highest utility that either model got; NaN where one is not finite. */
export function observedRange({ task, labels, champion, challenger, utility }: GateEvidence): {
  low: number;
  high: number;
} {
  let [low, high] = [Infinity, -Infinity];
  for (const predictions of champion ? [champion, challenger] : [challenger]) {
    for (const worth of utilityOf(utility!, { task, labels, predictions })) {
      if (!Number.isFinite(worth)) return { low: Number.NaN, high: Number.NaN };
      low = Math.min(low, worth);
      high = Math.max(high, worth);
    }
  }
  return { low, high };
}
