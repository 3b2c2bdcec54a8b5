import { binomialCdf } from '../math/binomial.ts';
import { arrivedShare, labelWatermarkMs, type LabelArrivals } from './label-arrivals.ts';

export interface MaturityOptions {
  /** Rows this much older than the newest count as never labelled. */
  readonly labelDelayRows: number;
  /** Share of a block's labels that makes it mature: of all, or of those that are ever expected. */
  readonly matureShare: number;
}

/** How labels arrive, and when the rows were predicted, on the same clock. */
export interface RowAges {
  readonly arrivals: LabelArrivals;
  /** Ms since the epoch, of each row. */
  readonly predictedMs: ArrayLike<number>;
}

const blockRows = 48;
/** So improbably few labels as this are a feed that has stopped; chance among thousands of blocks is not to hold them up. */
const fewestTail = 1e-6;

/**
 * How many rows, from the oldest on, are mature. A block is when it is labelled to the share the policy asks for; when that share of the labels that ever
 * come has come to rows of its age, where it is known how labels arrive, unless it has far fewer labels than that lets expect; or
 * when it is too old to be labelled still. `labels` is in prediction order, NaN where no label has arrived. Later rows wait although some of
 * them have labels: which labels come first may depend on the outcome.
 *
 * @param ages null where nobody knows how labels arrive
 */
export function matureCount(labels: ArrayLike<number>, options: MaturityOptions, ages: RowAges | null = null): number {
  const tooOld = labels.length - options.labelDelayRows;
  let mature = 0;
  while (mature < labels.length) {
    const end = Math.min(mature + blockRows, labels.length);
    const isWhole = end - mature === blockRows;
    const labelled = countLabels(labels, mature, end);
    const isLabelled = labelled / (end - mature) >= (isWhole ? options.matureShare : 1);
    const isOfAge = isWhole && ages !== null && isExpectedComplete(ages, { from: mature, to: end }, labelled);
    if (!isLabelled && !isOfAge && end > tooOld) return mature;
    mature = end;
  }
  return mature;
}

function countLabels(labels: ArrayLike<number>, from: number, to: number): number {
  let labelled = 0;
  for (let row = from; row < to; row += 1) if (!Number.isNaN(labels[row])) labelled += 1;
  return labelled;
}

function isExpectedComplete(
  { arrivals, predictedMs }: RowAges,
  { from, to }: { readonly from: number; readonly to: number },
  labelled: number,
): boolean {
  let expected = 0;
  for (let row = from; row < to; row += 1) {
    const atMs = predictedMs[row] ?? Number.NaN;
    if (!(atMs <= labelWatermarkMs(arrivals))) return false;
    expected += arrivedShare(arrivals, arrivals.nowMs - atMs);
  }
  const rows = to - from;
  return binomialCdf(labelled, rows, expected / rows) >= fewestTail;
}
