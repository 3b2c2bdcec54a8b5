import { normalCdf, normalQuantile } from '../math/normal.ts';
import type { Check } from '../verdict.ts';
import { describeRows, groupDigits } from './wording.ts';

/** How well a classifier that was trained on other rows tells a reference window from a current one. */
export interface Separation {
  /** Chance that a current row gets a higher score than a reference row; null where that could not be found out. */
  readonly auc: number | null;
  readonly referenceRows: number;
  readonly currentRows: number;
}

const level = 0.01;
const power = 0.8;
/** An AUC below this is too little to matter, however sure. */
const leastAuc = 0.55;
/** Half of the smallest window that drift is judged on: the other half trains the classifier. */
const leastRows = 100;

/**
 * The classifier two-sample test (Lopez-Paz & Oquab 2017): where the windows come from one distribution, no classifier tells
 * their rows apart, and the AUC on rows it was not trained on is normal with mean ½ and variance (n+m+1)/(12nm), as the
 * Mann–Whitney statistic is. `fail` at p < .01 and AUC > .55. It sees what no feature shows alone, as a changed correlation.
 *
 * Example: an AUC of .58 on 1,000 + 1,000 rows gives z = 6.2 and fails.
 */
export function judgeSeparation({ auc, referenceRows, currentRows }: Separation): Check {
  const name = 'classifier-two-sample';
  const rows = describeRows(currentRows, referenceRows);
  const rowsNeeded = Math.max(leastRows, rowsToSee(leastAuc - 0.5));
  if (auc === null || !(auc >= 0 && auc <= 1) || Math.min(referenceRows, currentRows) < leastRows) {
    const reason = `whether the windows can be told apart can't be judged: ${rows}, and each needs ${groupDigits(leastRows)}`;
    return { name, outcome: 'inconclusive', reason, rowsSeen: currentRows, rowsNeeded };
  }
  const error = standardError(referenceRows, currentRows);
  const z = (auc - 0.5) / error;
  const pValue = normalCdf(-z);
  const outcome = pValue < level && auc > leastAuc ? 'fail' : 'pass';
  const found = outcome === 'fail' ? 'can be told apart by all features together' : "can't be told apart";
  const reason = `the windows ${found}: AUC ${auc.toFixed(3)}, p ${pValue.toPrecision(2)}, ${rows}`;
  const smallestVisibleEffect = (normalQuantile(1 - level) + normalQuantile(power)) * error;
  const figures = {
    statistic: z,
    pValue,
    effectSize: auc - 0.5,
    rowsSeen: currentRows,
    rowsNeeded,
    smallestVisibleEffect,
  };
  return { name, outcome, reason, ...figures };
}

function standardError(n: number, m: number): number {
  return Math.sqrt((n + m + 1) / (12 * n * m));
}

/** Rows in each of two equal windows in which an AUC of ½ + `effect` is significant with 80% power. */
function rowsToSee(effect: number): number {
  const ratio = (normalQuantile(1 - level) + normalQuantile(power)) / effect;
  return Math.ceil((ratio * ratio) / 6);
}
