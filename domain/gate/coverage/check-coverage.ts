import type { Check, Outcome } from '../../verdict.ts';
import type { GateEvidence } from '../evidence.ts';
import { primaryLosses, squaredErrorUnit } from '../losses.ts';
import { testMean } from '../mean-test.ts';
import type { GatePolicy } from '../policy.ts';
import { formatCount, formatPoints, formatShare } from '../wording.ts';
import { measureCoverage, type Coverage } from './training-range.ts';

/** Rows that a version answers live. */
export interface LiveCoverage {
  readonly rows: number;
  readonly outside: number;
}

/**
 * How good is the challenger on rows that are unlike its training rows: a value outside the training range, or a category unseen there? They stay
 * in the holdout, and the answer stops nothing. `fail`: it is shown to be worse there than on the whole.
 */
export function checkCoverage(evidence: GateEvidence, policy: GatePolicy): readonly Check[] {
  const { inputs, trainingRange, liveCoverage } = evidence;
  if (!inputs || !trainingRange) return [];
  const coverage = measureCoverage(inputs, trainingRange);
  const rows = inputs.rowCount;
  const live = liveCoverage && liveCoverage.rows > 0 ? `; ${describeShare('newest predictions', liveCoverage)}` : '';
  const share = `${describeShare('holdout rows', { rows, outside: coverage.outside })}${describeFeatures(coverage)}`;
  const check = { name: 'coverage', effectSize: coverage.outside / rows, rowsSeen: rows, advisory: true } as const;
  if (coverage.outside === 0) return [{ ...check, outcome: 'pass', reason: `${share}${live}` }];
  const { outcome, words } = compareInside(evidence, coverage, policy);
  return [{ ...check, outcome, reason: `${share}: ${words}${live}` }];
}

function compareInside(
  { task, labels, champion, challenger, blockOf }: GateEvidence,
  { isOutside, outside }: Coverage,
  { alpha }: GatePolicy,
): { outcome: Outcome; words: string } {
  const unit = task === 'regression' ? squaredErrorUnit(labels) : 1;
  const losses = primaryLosses(task, labels, challenger).map((loss) => loss / unit);
  const old = champion && primaryLosses(task, labels, champion).map((loss) => loss / unit);
  const quality = (some: Float64Array, side: 0 | 1): string => {
    const chosen = some.filter((_, row) => isOutside[row] === side);
    if (chosen.length === 0) return 'none';
    const mean = chosen.reduce((sum, loss) => sum + loss, 0) / chosen.length;
    return formatShare(task === 'regression' ? mean : 1 - mean);
  };
  const measure = task === 'regression' ? "squared error in labels' variances" : 'accuracy';
  const against = old ? ` (champion ${quality(old, 1)} and ${quality(old, 0)})` : '';
  const words = `${measure} ${quality(losses, 1)} there and ${quality(losses, 0)} inside${against}`;
  const rowsInside = labels.length - outside;
  const inside = losses.reduce((sum, loss, row) => sum + (isOutside[row] ? 0 : loss), 0) / Math.max(1, rowsInside);
  const there = Int32Array.from(isOutside.keys()).filter((row) => isOutside[row] === 1);
  const blocks = blockOf && Array.from(there, (row) => blockOf[row]!);
  const tested =
    rowsInside === 0
      ? null
      : testMean(
          Float64Array.from(there, (row) => losses[row]!),
          inside,
          alpha,
          blocks,
        );
  return { outcome: tested === null ? 'inconclusive' : tested.pBeyond <= alpha ? 'fail' : 'pass', words };
}

/** "62 of 2,000 holdout rows (3.1%) are outside the training range". */
function describeShare(what: string, { rows, outside }: LiveCoverage): string {
  const points = formatPoints(outside / rows).replace('+', '');
  return `${formatCount(outside)} of ${formatCount(rows)} ${what} (${points}%) are outside the training range`;
}

function describeFeatures({ byFeature }: Coverage): string {
  const [first] = byFeature;
  return first === undefined ? '' : `, mostly by ${first.name} (${formatCount(first.rows)})`;
}
