export interface MaturityOptions {
  /** Rows this much older than the newest count as never labelled. */
  readonly labelDelayRows: number;
  /** Share of a block's labels that makes it mature. */
  readonly matureShare: number;
}

const blockRows = 48;

/**
 * How many rows, from the oldest on, are mature: labelled to the share the policy asks for, or too old to be labelled
 * still. `labels` is in prediction order, NaN where no label has arrived. Later rows wait although some of them have
 * labels: which labels come first may depend on the outcome.
 */
export function matureCount(labels: ArrayLike<number>, options: MaturityOptions): number {
  const tooOld = labels.length - options.labelDelayRows;
  let mature = 0;
  while (mature < labels.length) {
    const end = Math.min(mature + blockRows, labels.length);
    const isWhole = end - mature === blockRows;
    const isLabelled = labelledShare(labels, mature, end) >= (isWhole ? options.matureShare : 1);
    if (!isLabelled && end > tooOld) return mature;
    mature = end;
  }
  return mature;
}

function labelledShare(labels: ArrayLike<number>, from: number, to: number): number {
  let labelled = 0;
  for (let row = from; row < to; row += 1) if (!Number.isNaN(labels[row])) labelled += 1;
  return labelled / (to - from);
}
