import type { ScoreProfile } from '../calibration/profile.ts';
import { formatCount, formatNumber } from '../gate/wording.ts';
import type { Amount, PolicyClock } from '../policy.ts';
import type { TriageCosts } from './policy.ts';

export interface PaybackQuestion {
  /** Loss of a prediction now, beyond what the holdout promised: what a retraining is expected to save. */
  readonly excessLoss: number;
  /** Predictions until the next decision. */
  readonly predictions: number;
  /** Predictions that the champion has served while that excess grew. */
  readonly servedRows: number;
  readonly costs: TriageCosts | null;
  /** In units of loss: counts for the best period where there are no costs. */
  readonly trainingCost: number;
  /** Chance that the gate promotes a challenger that isn't better. */
  readonly badPromotionRisk: number;
}

/** What a retraining is expected to bring in, beside what it costs. Plain JSON, for the ledger. */
export interface Payback {
  readonly savedLoss: number;
  readonly predictions: number;
  /** Of what is saved, and of the retraining, in one currency; null without costs. */
  readonly value: number | null;
  readonly cost: number | null;
  /** Null without costs: nothing speaks against it then. */
  readonly pays: boolean | null;
  /** Predictions between retrainings that cost least at this rate of decay; null where nothing decays. */
  readonly bestPeriodRows: number | null;
  /** One sentence with the sum. */
  readonly reason: string;
}

/**
 * Does a retraining pay? Expected loss saved per prediction × predictions until the next decision × value of a unit of loss, against the costs
 * of training and gate and P(bad promotion) × cost of a rollback (Žliobaitė et al. 2015; Mahadevan & Mathioudakis 2023).
 *
 * Example: 4 points of excess over 2,000 predictions save 80 wrong answers; at 3 each that is 240, against 50 + 10 + .05 × 200 = 70.
 */
export function weighRetraining(question: PaybackQuestion): Payback {
  const { excessLoss, predictions, costs, badPromotionRisk } = question;
  const savedLoss = Math.max(0, excessLoss) * predictions;
  const value = costs === null ? null : savedLoss * costs.lossUnit;
  const cost = costs === null ? null : costs.training + costs.gate + badPromotionRisk * costs.rollback;
  const bestPeriodRows = bestPeriod(question, cost);
  const pays = value === null || cost === null ? null : value > cost;
  const sum = { savedLoss, predictions, value, cost, pays, bestPeriodRows };
  return { ...sum, reason: [describeSaving(sum), ...describePeriod(bestPeriodRows)].join('; ') };
}

/** √(2C/(ρv)) for a loss that grows by ρ with every prediction: the excess so far, over what was served meanwhile. */
function bestPeriod(
  { excessLoss, servedRows, costs, trainingCost }: PaybackQuestion,
  cost: number | null,
): number | null {
  const decay = excessLoss / servedRows;
  const period = Math.sqrt((2 * (cost ?? trainingCost)) / (decay * (costs?.lossUnit ?? 1)));
  return decay > 0 && Number.isFinite(period) ? Math.max(1, Math.round(period)) : null;
}

function describeSaving({ savedLoss, predictions, value, cost, pays }: Omit<Payback, 'reason'>): string {
  const saving = `retraining is expected to save ${formatNumber(savedLoss)} units of loss in the next ${formatCount(predictions)} predictions`;
  if (value === null || cost === null) return saving;
  return `${saving}, worth ${formatNumber(value)}, and costs ${formatNumber(cost)}: it ${pays ? 'pays' : 'does not pay'}`;
}

function describePeriod(rows: number | null): readonly string[] {
  return rows === null ? [] : [`at this decay, one in ${formatCount(rows)} predictions costs least`];
}

/**
 * Loss of a prediction now, beyond what the holdout promised: the utility that is missing where the project says what answers are worth, else
 * wrong answers (for regression: labels' variances).
 */
export function measureExcess({ now, holdout }: Readonly<Record<'now' | 'holdout', ScoreProfile>>): number {
  if (now.utility !== undefined && holdout.utility !== undefined) return holdout.utility - now.utility;
  return now.error - holdout.error;
}

/** Predictions within an amount of the policy's clock, at the pace so far; null where the clock has not moved. */
export function predictionsWithin(
  amount: Amount,
  { rows, labels }: Pick<PolicyClock, 'rows' | 'labels'>,
): number | null {
  if ('rows' in amount) return amount.rows;
  return 'labels' in amount && labels > 0 ? Math.round((amount.labels * rows) / labels) : null;
}
