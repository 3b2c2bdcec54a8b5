import { crossCalibrate, fitCalibrator } from '../calibration/fit.ts';
import { lossesOf } from '../calibration/loss.ts';
import { lossUnit, type Ranking, type ScoreProfile } from '../calibration/profile.ts';
import type { ScoredRows } from '../calibration/scored-rows.ts';
import { groupIntoUnits } from '../gate/resampling-units.ts';
import { formatCount, formatNumber, formatPValue } from '../gate/wording.ts';
import { normalCdf, normalQuantile } from '../math/normal.ts';
import { chooseBlockRows } from '../outcomes/dependence.ts';
import { countClasses } from '../quality/label-contract.ts';
import type { Task } from '../task.ts';
import type { Check } from '../verdict.ts';
import type { TriagePolicy } from './policy.ts';

export interface Diagnosis {
  /** Does the order of rows still hold? `pass` when it is shown to be hardly worse than on the holdout. */
  readonly ranking: Check;
  /**
   * Do outputs still mean what they say? `fail` when a recalibration is shown to gain enough, and explains at least half of what was lost. Null where nobody
   * asked.
   */
  readonly calibration: Check | null;
  /**
   * The ranking is shown to be worse than on the holdout by more than the margin, and almost all rows are of one class, so that errors say nothing of it:
   * a model that ranks at random makes hardly more of them than a good one.
   */
  readonly isLossHidden: boolean;
}

export interface DiagnosisQuestion {
  readonly task: Task;
  /** The champion's newest rows with an outcome, in time order. */
  readonly recent: ScoredRows;
  readonly now: ScoreProfile;
  /** Of the champion, on its holdout. */
  readonly holdout: ScoreProfile;
}

/** Errors say nothing of a ranking where "always the commonest class" is wrong in no larger share of rows, and the champion was on its holdout: one quiet month makes no rare class. */
const rareShare = 0.1;

/**
 * What is wrong with a champion that loses more than its holdout promised: its ranking, or only its calibration?
 *
 * @param asksForCalibration whether it decides anything beside this ranking: to fit calibrators takes far longer than all else
 */
export function diagnose(
  question: DiagnosisQuestion,
  policy: TriagePolicy,
  asksForCalibration: (ranking: Check) => boolean,
): Diagnosis {
  const ranking = checkRanking(question, policy);
  const isLossHidden = hidesLosses(question) && (ranking.interval?.high ?? 0) < -policy.rankingMargin;
  const calibration = asksForCalibration(ranking) ? checkCalibration(question, policy) : null;
  return { ranking, calibration, isLossHidden };
}

function hidesLosses({ task, recent: { labels, predictions }, holdout }: DiagnosisQuestion): boolean {
  if (task === 'regression' || holdout.error > rareShare) return false;
  const { hits, rows } = countClasses(labels, Math.max(2, predictions.width));
  return rows - Math.max(...hits) <= rareShare * rows;
}

function checkRanking({ now, holdout }: DiagnosisQuestion, policy: TriagePolicy): Check {
  const shared = { name: 'ranking', rowsSeen: now.rows, rowsNeeded: policy.minRows };
  if (now.rows < policy.minRows)
    return { ...shared, outcome: 'inconclusive', reason: tooFew('the ranking', now.rows, policy) };
  if (now.ranking === null || holdout.ranking === null) {
    return { ...shared, outcome: 'inconclusive', reason: 'the rows of one class, or of one value, have no ranking' };
  }
  const { difference, low, high } = compareRankings(now.ranking, holdout.ranking, policy.level);
  const outcome = low > -policy.rankingMargin ? 'pass' : high < 0 ? 'fail' : 'inconclusive';
  const what = now.ranking.kind === 'auc' ? 'AUC' : 'correlation';
  const lead = {
    pass: 'the ranking holds',
    fail: 'the ranking is lost',
    inconclusive: 'it is open whether the ranking holds',
  };
  const figures = `${what} ${formatNumber(now.ranking.value)} against ${formatNumber(holdout.ranking.value)} on the holdout`;
  return {
    ...shared,
    outcome,
    reason: `${lead[outcome]} (${figures}, ${formatCount(now.rows)} rows)`,
    effectSize: difference,
    interval: { low, high, level: 1 - 2 * policy.level },
  };
}

/** Areas as they are; correlations on Fisher's scale, and the interval turned back. */
function compareRankings(now: Ranking, holdout: Ranking, level: number) {
  const reach = normalQuantile(1 - level) * Math.hypot(now.standardError, holdout.standardError);
  const difference = now.value - holdout.value;
  if (now.kind === 'auc') return { difference, low: difference - reach, high: difference + reach };
  const z = Math.atanh(holdCorrelation(now.value));
  const turnBack = (moved: number): number => Math.tanh(moved) - holdout.value;
  return { difference, low: turnBack(z - reach), high: turnBack(z + reach) };
}

function holdCorrelation(value: number): number {
  return Math.max(-0.999_999, Math.min(0.999_999, value));
}

/** The gain of recalibrating, on rows that the calibrator was not fitted on; rows that depend on each other are taken in blocks. */
function checkCalibration({ task, recent, now, holdout }: DiagnosisQuestion, policy: TriagePolicy): Check {
  const shared = { name: 'calibration', rowsSeen: now.rows, rowsNeeded: policy.minRows };
  if (now.rows < policy.minRows)
    return { ...shared, outcome: 'inconclusive', reason: tooFew('calibration', now.rows, policy) };
  const gains = gainsOf(task, recent);
  if (gains === null)
    return { ...shared, outcome: 'inconclusive', reason: 'no calibrator can be fitted to these rows' };
  const blockRows = chooseBlockRows(gains);
  const units = groupIntoUnits(
    gains,
    Float64Array.from(gains, (_, row) => Math.floor(row / blockRows)),
  );
  const statistic = units.standardError > 0 ? units.mean / units.standardError : 0;
  const pValue = normalCdf(-statistic);
  const reach = normalQuantile(1 - policy.level) * units.standardError;
  const explainsMost = units.mean >= (now.loss - holdout.loss) / 2;
  const isLost = pValue <= policy.level && units.mean >= policy.minGain && explainsMost;
  const lead = isLost
    ? 'calibration is lost'
    : explainsMost
      ? 'calibration holds'
      : 'calibration explains too little of the loss';
  const figures = `recalibrating gains ${formatNumber(units.mean)} of a loss of ${formatNumber(now.loss)}, which was ${formatNumber(holdout.loss)} on the holdout`;
  return {
    ...shared,
    outcome: isLost ? 'fail' : 'pass',
    reason: `${lead} (${figures}; ${formatPValue(pValue)})`,
    statistic,
    pValue,
    effectSize: units.mean,
    interval: { low: units.mean - reach, high: units.mean + reach, level: 1 - 2 * policy.level },
  };
}

function gainsOf(task: Task, recent: ScoredRows): Float64Array | null {
  const calibrated = crossCalibrate(recent, (rows) => fitCalibrator(task, rows));
  if (calibrated === null) return null;
  const unit = lossUnit(task, recent.labels);
  const after = lossesOf(task, recent.labels, calibrated);
  const gains = lossesOf(task, recent.labels, recent.predictions).map((loss, row) => (loss - after[row]!) / unit);
  return gains.every(Number.isFinite) ? gains : null;
}

function tooFew(what: string, rows: number, { minRows }: TriagePolicy): string {
  return `${what} can't be judged: ${formatCount(rows)} rows with an outcome, ${formatCount(minRows)} are needed`;
}
