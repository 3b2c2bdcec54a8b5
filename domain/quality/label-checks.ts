import { formatCount } from '../gate/wording.ts';
import { binomialCdf } from '../math/binomial.ts';
import type { ClassesContract, SchemaContract, ValuesContract } from './contract.ts';
import { countClasses, measureMoments } from './label-contract.ts';
import { suspectValues } from './numeric-checks.ts';
import type { QualityPolicy } from './policy.ts';
import { sortFinite } from './quantiles.ts';
import type { Suspicion } from './suspicion.ts';
import { cohensH, type Count, shareOf, testMeans, testProportions } from './two-sample.ts';
import { formatPercent, formatValue } from './wording.ts';

/** Outcomes of rows that are old enough to have one, in prediction order. */
export interface LabelWindow {
  /** Class index or value; NaN where none has arrived. */
  readonly values: Float64Array;
  /** Share of labels at which rows count as mature. */
  readonly matureShare: number;
}

/** Everything that can be wrong with outcomes. */
export function suspectLabels(
  { values: labels, matureShare }: LabelWindow,
  { label }: SchemaContract,
  policy: QualityPolicy,
): readonly Suspicion[] {
  const feed = suspectFeed(labels, matureShare);
  if (label.kind === 'classes') return [feed, ...suspectRates(labels, label, policy)];
  const sorted = sortFinite(labels);
  return [
    feed,
    suspectMean(labels, label, policy),
    ...suspectValues('label', { sorted, windowRows: sorted.length }, label.column, policy),
  ];
}

/** Rows mature at a share of labels; less than half of it is silence. p is the chance of so few where that half is expected. */
function suspectFeed(labels: Float64Array, matureShare: number): Suspicion {
  const rows = labels.length;
  const hits = labels.reduce((count, label) => count + (Number.isNaN(label) ? 0 : 1), 0);
  const labelledShare = matureShare / 2;
  const share = shareOf({ hits, rows });
  return {
    name: 'label-feed',
    test: { statistic: share, pValue: rows === 0 ? 1 : binomialCdf(hits, rows, labelledShare) },
    effectSize: share,
    isLarge: share < labelledShare,
    windowRows: rows,
    rowsSeen: rows,
    broken: 'the label feed is silent, or nearly so',
    intact: 'labels arrive',
    figures: `${formatCount(hits)} of ${formatCount(rows)} rows that are old enough have a label`,
    advisory: false,
  };
}

/**
 * The class whose rate left the band of the training part's stretches furthest, one that vanished before all others; its p counts
 * once for every class (Bonferroni).
 */
function suspectRates(labels: Float64Array, contract: ClassesContract, policy: QualityPolicy): readonly Suspicion[] {
  const { hits, rows } = countClasses(labels, contract.classes.length);
  const rates = contract.classes.map((known, index) => compareRate(known, { hits: hits[index]!, rows }));
  const [furthest] = rates.toSorted(
    (a, b) => Number(b.hasVanished) - Number(a.hasVanished) || Math.abs(b.change) - Math.abs(a.change),
  );
  if (furthest === undefined) return [];
  const { known, current, change, hasVanished } = furthest;
  const test = testProportions(current, { hits: known.hits, rows: contract.rows }, 'two-sided');
  return [
    {
      name: 'label-rate',
      test: { ...test, pValue: Math.min(1, test.pValue * rates.length) },
      effectSize: change,
      isLarge: hasVanished || Math.abs(change) >= policy.labelLimit,
      windowRows: rows,
      rowsSeen: rows,
      broken: `the rate of label "${known.name}" has jumped`,
      intact: 'no label has another rate than in training',
      figures: `"${known.name}" ${formatPercent(shareOf(current))}, in training ${formatPercent(known.low)} to ${formatPercent(known.high)}`,
      advisory: false,
      mayLast: !hasVanished,
    },
  ];
}

/** Cohen's h from the nearest rate that a stretch showed. */
function compareRate(known: ClassesContract['classes'][number], current: Count) {
  const rate = shareOf(current);
  const change = current.rows === 0 ? 0 : cohensH(rate, Math.min(known.high, Math.max(known.low, rate)));
  return { known, current, change, hasVanished: current.rows > 0 && current.hits === 0 && known.low > 0 };
}

/** In standard deviations of the training part. */
function suspectMean(labels: Float64Array, { means, ...reference }: ValuesContract, policy: QualityPolicy): Suspicion {
  const current = measureMoments(labels);
  const sd = Math.sqrt(reference.variance);
  const nearest = Math.min(means.high, Math.max(means.low, current.mean));
  const distance = current.mean / 2 - nearest / 2;
  const change = current.rows === 0 || distance === 0 ? 0 : (2 * distance) / sd;
  const test = current.rows < 2 || reference.rows < 2 ? { statistic: 0, pValue: 1 } : testMeans(current, reference);
  return {
    name: 'label-mean',
    test,
    effectSize: change,
    isLarge: Math.abs(change) >= policy.labelLimit,
    windowRows: current.rows,
    rowsSeen: current.rows,
    broken: 'the mean of the labels has jumped',
    intact: 'the mean of the labels is as in training',
    figures: `${formatValue(current.mean)}, in training ${formatValue(means.low)} to ${formatValue(means.high)}`,
    advisory: false,
    mayLast: true,
  };
}
