import type { Predictions, Task } from '../task.ts';
import type { Check } from '../verdict.ts';
import { predictedClass } from './losses.ts';
import { formatCount, formatShare } from './wording.ts';

/** A version that was rolled back, and what it says to the rows of the holdout. */
export interface QuarantinedVersion {
  readonly version: string;
  readonly sameWeights: boolean;
  /** Null where its files are there no more. */
  readonly predictions: Predictions | null;
}

export interface QuarantineEvidence {
  readonly task: Task;
  readonly rows: number;
  readonly challenger: Predictions;
  readonly champion: Predictions | null;
  /** The challenger is a network with a new calibrator, whose classes are those of the network: probabilities are compared. */
  readonly recalibrated: boolean;
  readonly quarantined: readonly QuarantinedVersion[];
}

/** Two models that agree in this share of the rows do the same. */
const agreement = 0.995;
/** Probabilities this near are the same; values of a regression, in standard deviations of the quarantined version's. */
const nearness = 0.01;

/**
 * Refuses a challenger that does what a rolled-back version did: the same weights, or the same answer in 99.5% of the holdout's rows
 * and nearer to that version than to the champion. Where hardly any row tells models apart, being near to all of them is no guilt.
 *
 * Example: 3 of 1,000 answers differ from those of the rolled-back version, 40 from the champion's: refused.
 */
export function checkQuarantine(evidence: QuarantineEvidence): readonly Check[] {
  return evidence.quarantined.map((one) => checkOne(evidence, one));
}

function checkOne(evidence: QuarantineEvidence, { version, sameWeights, predictions }: QuarantinedVersion): Check {
  const { rows, champion, recalibrated } = evidence;
  const name = `quarantine:${version}`;
  if (predictions === null) return checkWeights(name, { version, sameWeights: sameWeights && !recalibrated });
  const share = agreeingShare(evidence, predictions);
  const withChampion = champion === null ? 0 : agreeingShare(evidence, champion);
  const isSame = (sameWeights && !recalibrated) || (share >= agreement && share > withChampion);
  const seen = `${sameWeights ? 'the same weights, ' : ''}the same answer in ${formatShare(share)} of ${formatCount(rows)} rows`;
  const reason = isSame
    ? `does what version ${version} did, which was rolled back: ${seen}; wait for fresh labels, or release version ${version}`
    : `differs from version ${version}, which was rolled back: ${seen}`;
  return { name, outcome: isSame ? 'fail' : 'pass', reason, effectSize: share, rowsSeen: rows };
}

/** Equal weights do the same; of others nobody can say what they have in common with a version that can't be asked. */
function checkWeights(name: string, { version, sameWeights }: Omit<QuarantinedVersion, 'predictions'>): Check {
  const advice = `wait for fresh labels, or release version ${version}`;
  if (sameWeights) {
    const reason = `has the weights of version ${version}, which was rolled back: ${advice}`;
    return { name, outcome: 'fail', reason, rowsSeen: 0 };
  }
  const reason = `version ${version} was rolled back, and its files are gone: nobody can say whether this one does the same; ${advice}`;
  return { name, outcome: 'inconclusive', reason, rowsSeen: 0 };
}

/** Share of the rows to which the challenger and another model say the same; 0 without rows or where the outputs don't compare. */
function agreeingShare({ task, rows, challenger, recalibrated }: QuarantineEvidence, other: Predictions): number {
  if (rows === 0 || other.width !== challenger.width || other.values.length !== challenger.values.length) return 0;
  const near = nearness * (task === 'regression' ? deviationOf(other.values) : 1);
  const isNear = (row: number): boolean => {
    for (let at = row * other.width; at < (row + 1) * other.width; at += 1) {
      if (!(Math.abs(challenger.values[at]! - other.values[at]!) <= near)) return false;
    }
    return true;
  };
  const byClass = task !== 'regression' && !recalibrated;
  let same = 0;
  for (let row = 0; row < rows; row += 1) {
    const isSame = byClass ? predictedClass(challenger, row) === predictedClass(other, row) : isNear(row);
    if (isSame) same += 1;
  }
  return same / rows;
}

function deviationOf(values: ArrayLike<number>): number {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
}
