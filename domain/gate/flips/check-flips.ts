import type { Check, Interval } from '../../verdict.ts';
import type { GateEvidence } from '../evidence.ts';
import { asGuard, gradeLimit } from '../guard-grade.ts';
import { primaryLosses } from '../losses.ts';
import { testMean } from '../mean-test.ts';
import type { GatePolicy } from '../policy.ts';
import { formatCount, formatPValue } from '../wording.ts';
import { testFlips, type FlipTest } from './flip-test.ts';

/** Rows that only the champion had right, over the whole holdout; classes only. */
export function checkFlips(evidence: GateEvidence, policy: GatePolicy): readonly Check[] {
  const { task, labels, champion, challenger, blockOf } = evidence;
  if (task === 'regression' || !champion) return [];
  const name = 'negative-flips';
  const rows = {
    champion: primaryLosses(task, labels, champion),
    challenger: primaryLosses(task, labels, challenger),
    blockOf,
  };
  const tested = testFlips(rows, policy.flipLimit);
  if (!tested) return [asGuard({ name, outcome: 'inconclusive', reason: tooFewBlocks, rowsSeen: labels.length })];
  const outcome = gradeLimit(tested, policy.alpha);
  const isFlip = rows.champion.map((loss, row) => (loss === 0 && rows.challenger[row] === 1 ? 1 : 0));
  const interval: Interval | undefined = testMean(isFlip, tested.allowed, policy.alpha, blockOf)?.interval;
  const lead = {
    fail: 'challenger is wrong where the champion was right, too often',
    pass: 'challenger is seldom wrong where the champion was right',
    inconclusive: 'not shown how often the challenger is wrong where the champion was right',
  }[outcome];
  const reason = `${lead}: ${describeFlips(tested)} (${formatPValue(outcome === 'pass' ? tested.pWithin : tested.pBeyond)})`;
  const figures = { pValue: tested.pBeyond, effectSize: tested.share, ...(interval && { interval }) };
  return [asGuard({ name, outcome, reason, ...figures, rowsSeen: tested.rows })];
}

const tooFewBlocks = 'negative flips can’t be judged: fewer than 10 blocks of rows';

/** "31 of 2,000 rows (1.6%), 10.5% are allowed". */
export function describeFlips({ flips, rows, share, allowed }: FlipTest): string {
  const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;
  return `${formatCount(flips)} of ${formatCount(rows)} rows (${percent(share)}), ${percent(allowed)} are allowed`;
}
