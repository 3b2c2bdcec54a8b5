import { adjustByHolm } from '../../drift/multiple-testing.ts';
import type { Check } from '../../verdict.ts';
import type { GateEvidence } from '../evidence.ts';
import { asGuard, gradeLimit } from '../guard-grade.ts';
import type { MeanTest } from '../mean-test.ts';
import { describeDifference } from '../describe.ts';
import type { GatePolicy } from '../policy.ts';
import { primaryLossOf, type PrimaryLoss } from '../utility/primary.ts';
import { formatCount, formatNumber, formatPoints, formatPValue } from '../wording.ts';
import type { Slice } from './declaration.ts';
import { declareSlices } from './declared.ts';
import { discoverSlices, mostFound } from './discover.ts';
import { harmOf } from './harm.ts';
import { testSlice } from './slice-test.ts';

interface TestedSlice extends MeanTest {
  readonly name: string;
  /** What the mean is in. */
  readonly primary: PrimaryLoss;
}

/** More are counted, not listed. */
const mostListed = 10;

/**
 * Does a challenger that is better on the whole harm a slice of the rows: a declared one, or one that a search in half of the holdout points
 * to? Fails when a slice is shown, by Holm over all of them, to lose more than the margin. Slices that are too small are counted.
 */
export function checkSlices(evidence: GateEvidence, policy: GatePolicy): readonly Check[] {
  const { inputs, champion, slices = [], sensitive = [], labels } = evidence;
  if (!inputs || !champion) return [];
  const primary = primaryLossOf(evidence);
  const harm = harmOf(evidence, primary);
  const { sliceMargin: margin, sliceMinRows: minRows, seed, alpha } = policy;
  const declared = declareSlices([...slices, ...sensitive], inputs, minRows);
  const found = policy.discoverSlices ? discoverSlices(inputs, harm, { margin, minRows, seed }) : [];
  const test = (some: readonly Slice[]): TestedSlice[] =>
    some.flatMap(({ name, rows }) => {
      const tested = rows.length < minRows ? null : testSlice(rows, harm, margin, alpha);
      return tested ? [{ name, primary, ...tested }] : [];
    });
  // The places of the search are always counted, so that what it finds doesn't change the level of the declared slices.
  const places = policy.discoverSlices ? mostFound : 0;
  const known = test(declared.slices);
  const judged = adjust([...known, ...test(found)], known.length + places);
  const tooSmall = declared.tooSmall + declared.slices.length - known.length;
  return [
    ...declared.unknown.map((column) => missingColumn(column, labels.length)),
    ...summarize(judged, { tooSmall, rows: labels.length }, policy),
    ...judged.slice(0, mostListed).map((slice) => describeOne(slice, policy)),
  ];
}

/** Holm's correction of both tests, with p-values of 1 in the places that stayed empty; the worst slice first. */
function adjust(tested: readonly TestedSlice[], places: number): TestedSlice[] {
  const padded = (pValues: number[]): number[] => [...pValues, ...new Array<number>(places - pValues.length).fill(1)];
  const beyond = adjustByHolm(padded(tested.map(({ pBeyond }) => pBeyond)));
  const within = adjustByHolm(padded(tested.map(({ pWithin }) => pWithin)));
  return tested
    .map((slice, index) => ({ ...slice, pBeyond: beyond[index]!, pWithin: within[index]! }))
    .sort((a, b) => a.pBeyond - b.pBeyond || b.mean - a.mean);
}

function summarize(
  judged: readonly TestedSlice[],
  { tooSmall, rows }: { readonly tooSmall: number; readonly rows: number },
  { sliceMargin, sliceMinRows, alpha }: GatePolicy,
): Check[] {
  const name = 'slices';
  const small = tooSmall === 0 ? '' : `${formatCount(tooSmall)} declared are too small (under ${sliceMinRows} rows)`;
  const [worst] = judged;
  if (!worst) {
    if (tooSmall === 0) return [];
    return [asGuard({ name, outcome: 'inconclusive', reason: `no slice can be judged: ${small}`, rowsSeen: rows })];
  }
  const outcomes = judged.map((slice) => gradeLimit(slice, alpha));
  const harmed = outcomes.filter((outcome) => outcome === 'fail').length;
  const safe = outcomes.filter((outcome) => outcome === 'pass').length;
  const margin = describeDifference(sliceMargin, worst.primary);
  const lead =
    harmed > 0
      ? `challenger harms ${harmed} of ${judged.length} slices by more than ${margin}: ${describeHarm(worst)}`
      : `no slice of ${judged.length} is shown to be harmed by more than ${margin}, ${safe} are shown not to be; the worst is ${describeHarm(worst)}`;
  const outcome = harmed > 0 ? 'fail' : safe === judged.length ? 'pass' : 'inconclusive';
  const reason = [lead, ...(small === '' ? [] : [small])].join('; ');
  return [asGuard({ name, outcome, reason, pValue: worst.pBeyond, effectSize: gainOf(worst), rowsSeen: rows })];
}

function describeOne(slice: TestedSlice, { alpha }: GatePolicy): Check {
  const { low, high, level } = slice.interval;
  const { range } = slice.primary;
  return {
    name: `slice:${slice.name}`,
    outcome: gradeLimit(slice, alpha),
    reason: describeHarm(slice),
    pValue: slice.pBeyond,
    effectSize: gainOf(slice),
    interval: { low: 0 - high * range, high: 0 - low * range, level },
    rowsSeen: slice.rows,
    advisory: true,
  };
}

/** Above 0 where the challenger is better, as everywhere in the gate. */
function gainOf({ mean, primary }: TestedSlice): number {
  return 0 - mean * primary.range;
}

/** "region = north: difference −12.0 points (312 rows, p = .0003 after Holm)". */
function describeHarm(slice: TestedSlice): string {
  const { name, rows, pBeyond, primary } = slice;
  const gain =
    primary.kind === 'utility' ? `${formatNumber(gainOf(slice))} of utility` : `${formatPoints(gainOf(slice))} points`;
  return `${name}: difference ${gain} (${formatCount(rows)} rows, ${formatPValue(pBeyond)} after Holm)`;
}

/** A slice that nobody can look at is no slice that is fine: a person is asked. */
function missingColumn(column: string, rowsSeen: number): Check {
  const reason = `the slices of ${column} can't be judged: it is not among the inputs of the holdout`;
  return { name: `slices:${column}`, outcome: 'inconclusive', reason, rowsSeen };
}
