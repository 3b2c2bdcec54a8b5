import { adjustByHolm } from '../../drift/multiple-testing.ts';
import type { Check } from '../../verdict.ts';
import type { GateEvidence } from '../evidence.ts';
import { asGuard, gradeLimit } from '../guard-grade.ts';
import { primaryLosses } from '../losses.ts';
import { testMean } from '../mean-test.ts';
import type { GatePolicy } from '../policy.ts';
import { formatCount, formatPValue } from '../wording.ts';
import { declareSlices } from '../slices/declared.ts';
import { testFlips, type FlipRows, type FlipTest } from './flip-test.ts';

/** Rows that only the champion had right, over the whole holdout and in the slices that the project declares; classes only. */
export function checkFlips(evidence: GateEvidence, policy: GatePolicy): readonly Check[] {
  const { task, labels, champion, challenger, blockOf } = evidence;
  if (task === 'regression' || !champion) return [];
  const rows: FlipRows = {
    champion: primaryLosses(task, labels, champion),
    challenger: primaryLosses(task, labels, challenger),
    blockOf,
  };
  // Two chances to be refused halve the level of each.
  const shared = { ...policy, alpha: policy.alpha / 2 };
  const bySlice = checkDeclared(rows, evidence, shared);
  return [checkAll(rows, bySlice.length > 0 ? shared : policy), ...bySlice].map(asGuard);
}

function checkAll(rows: FlipRows, policy: GatePolicy): Check {
  const name = 'negative-flips';
  const tested = testFlips(rows, policy.flipLimit);
  if (!tested) return { name, outcome: 'inconclusive', reason: tooFewBlocks, rowsSeen: rows.champion.length };
  const outcome = gradeLimit(tested, policy.alpha);
  const isFlip = Float64Array.from(rows.champion, (loss, row) => (loss === 0 && rows.challenger[row] === 1 ? 1 : 0));
  const interval = testMean(isFlip, tested.allowed, policy.alpha, rows.blockOf)?.interval;
  const lead = {
    fail: 'challenger is wrong where the champion was right, too often',
    pass: 'challenger is seldom wrong where the champion was right',
    inconclusive: 'not shown how often the challenger is wrong where the champion was right',
  }[outcome];
  const reason = `${lead}: ${describeFlips(tested)} (${formatPValue(outcome === 'pass' ? tested.pWithin : tested.pBeyond)})`;
  const figures = { pValue: tested.pBeyond, effectSize: tested.share, ...(interval && { interval }) };
  return { name, outcome, reason, ...figures, rowsSeen: tested.rows };
}

/** Fails when the flips of one slice are shown, by Holm over all of them, to be beyond the limit there. */
function checkDeclared(
  rows: FlipRows,
  evidence: GateEvidence,
  { alpha, flipLimit, sliceMinRows }: GatePolicy,
): Check[] {
  const { inputs, slices = [], sensitive = [] } = evidence;
  if (!inputs) return [];
  const declared = declareSlices([...slices, ...sensitive], inputs, sliceMinRows).slices;
  const tested = declared.flatMap(({ name, rows: chosen }) => {
    const found = testFlips(selectFlipRows(rows, chosen), flipLimit);
    return found === null ? [] : [{ name, ...found }];
  });
  const beyond = adjustByHolm(tested.map(({ pBeyond }) => pBeyond));
  const within = adjustByHolm(tested.map(({ pWithin }) => pWithin));
  const judged = tested
    .map((slice, index) => ({ ...slice, pBeyond: beyond[index]!, pWithin: within[index]! }))
    .sort((a, b) => a.pBeyond - b.pBeyond || b.share - b.allowed - (a.share - a.allowed));
  const [worst] = judged;
  if (!worst) return [];
  const outcomes = judged.map((slice) => gradeLimit(slice, alpha));
  const failing = outcomes.filter((outcome) => outcome === 'fail').length;
  const outcome = failing > 0 ? 'fail' : outcomes.every((one) => one === 'pass') ? 'pass' : 'inconclusive';
  const lead = failing > 0 ? `too many negative flips in ${failing}` : 'too many negative flips are shown in none';
  const reason = `${lead} of ${judged.length} slices; most in ${worst.name}: ${describeFlips(worst)} (${formatPValue(worst.pBeyond)} after Holm)`;
  return [
    {
      name: 'negative-flips:slices',
      outcome,
      reason,
      pValue: worst.pBeyond,
      effectSize: worst.share,
      rowsSeen: inputs.rowCount,
    },
  ];
}

function selectFlipRows({ champion, challenger, blockOf }: FlipRows, rows: Int32Array): FlipRows {
  const select = (values: ArrayLike<number>): number[] => Array.from(rows, (row) => values[row]!);
  return { champion: select(champion), challenger: select(challenger), blockOf: blockOf && select(blockOf) };
}

const tooFewBlocks = 'negative flips can’t be judged: fewer than 10 blocks of rows';

/** "31 of 2,000 rows (1.6%), 10.5% are allowed". */
export function describeFlips({ flips, rows, share, allowed }: FlipTest): string {
  const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;
  return `${formatCount(flips)} of ${formatCount(rows)} rows (${percent(share)}), ${percent(allowed)} are allowed`;
}
