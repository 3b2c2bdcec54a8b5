import type { Check } from '../verdict.ts';
import type { LifecycleState } from './state.ts';

/**
 * How far the challenger of a retraining was ahead after so many labels: the champion's loss minus its own, whatever the gate made of it. The
 * gate sees large gains only: to count none where it turned a challenger down would take every slow decay for none.
 */
export interface Gain {
  readonly labels: number;
  readonly gain: number;
  /** Of the gain; absent where the gate could not tell. */
  readonly standardError?: number;
  /** Neighbouring rows of the holdout that came to one piece of evidence; absent where rows were independent. */
  readonly pieceRows?: number;
}

/** Only the newest gates count: how fast a model decays changes, too. */
export const keptGains = 4;
/** Stands in for one gate until there are two of them: two points in 5,000 labels. */
const expected: Gain = { labels: 5_000, gain: 0.02 };
const leastGates = 2;
/** However little the last challengers gained, the next look is at most this much further away. */
const mostGrowth = 2;
/** Pieces of evidence that a holdout should hold: one more than the gate asks for. More make exams that see more, and models that wait longer. */
const wantedPieces = 8;

type Past = Pick<LifecycleState, 'gains' | 'policy'>;

/**
 * Labels after which the next retraining pays. A model that loses ρ per label costs ρT²/2 over a period T, a training costs C:
 * together they are least at T = √(2C/ρ) (Žliobaitė et al. 2015). ρ is how far the newest challengers were ahead of their champions, less what chance alone
 * would have shown; where they were not, the period doubles. Example:
 * 3 points gained in 1,500 labels and a training worth 50 wrong answers give 2,236 labels.
 */
export function periodLabels(past: Past): number {
  const { gains, policy } = past;
  const known = gains.length < leastGates ? [expected, ...gains] : gains;
  const labels = known.reduce((sum, one) => sum + one.labels, 0);
  const gain = shrink(known);
  const least = labelsForEvidence(past);
  const longest = longestWait(past);
  if (gain <= 0 || labels <= 0) return longest;
  const { trainingCost } = policy.retrain;
  return Math.max(least, Math.min(longest, Math.round(Math.sqrt((2 * trainingCost * labels) / gain))));
}

/**
 * Fresh labels that a retraining should wait for, so that its holdout can decide anything: the policy's, or more where the last holdouts were made of few
 * pieces of evidence. The lower median of theirs counts: one holdout that a change went through says nothing about the rows to come.
 * Example: days of 900 alike rows and a holdout of 40 % of the fresh labels give 36,000 labels, if that is no more than twice what the last one had.
 */
export function labelsForEvidence(past: Past): number {
  const { minFreshLabels } = past.policy.retrain;
  const pieceRows = past.gains.map((one) => one.pieceRows ?? 1).sort((a, b) => a - b);
  const usual = pieceRows[(pieceRows.length - 1) >> 1] ?? 1;
  const wanted = usual > 1 ? Math.ceil((wantedPieces * usual) / past.policy.snapshot.holdoutShare) : 0;
  return Math.max(minFreshLabels, Math.min(longestWait(past), wanted));
}

/** What a gate found; nothing where the data were refused, or there was no champion to compare with. */
export function gainOf(checks: readonly Check[], labels: number): Gain | null {
  const paired = checks.find(({ name }) => name === 'paired-loss');
  if (paired?.effectSize === undefined) return null;
  const { effectSize: gain, statistic, piecesSeen, rowsSeen } = paired;
  const standardError = statistic ? gain / statistic : undefined;
  return {
    labels,
    gain,
    ...(standardError !== undefined && { standardError }),
    ...(piecesSeen !== undefined && piecesSeen > 0 && { pieceRows: rowsSeen / piecesSeen }),
  };
}

function longestWait({ gains, policy }: Past): number {
  const last = gains.at(-1) ?? expected;
  return mostGrowth * Math.max(policy.retrain.minFreshLabels, last.labels);
}

/** The sum of the gains, as the positive-part James-Stein estimate: a sum of no more than one standard error is taken for none. */
function shrink(gains: readonly Gain[]): number {
  const sum = gains.reduce((total, { gain }) => total + gain, 0);
  const variance = gains.reduce((total, { standardError = 0 }) => total + standardError ** 2, 0);
  return sum <= 0 ? 0 : Math.max(0, sum - variance / sum);
}
