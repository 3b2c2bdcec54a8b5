import { minResamplingUnits } from './bootstrap.ts';
import type { Comparison } from './comparison.ts';
import { formatCount, formatNumber, formatPoints, formatPValue, formatShare } from './wording.ts';

/** "accuracy .812 against .781, difference +3.1 points (95% interval 1.2 to 5.0, 1,344 rows, McNemar p = .0004)". */
export function describeComparison(comparison: Comparison): string {
  const { primary, challengerLoss, referenceLoss } = comparison;
  if (primary.kind === 'utility') return describeUtility(comparison);
  const quality =
    primary.kind === 'squared'
      ? `squared error ${formatShare(challengerLoss)} of the labels' variance against ${formatShare(referenceLoss)}`
      : `accuracy ${formatShare(1 - challengerLoss)} against ${formatShare(1 - referenceLoss)}`;
  return `${quality}, difference ${formatPoints(comparison.difference)} points (${describeCertainty(comparison)})`;
}

/** "mean utility 3.12 a row against 2.95, difference 0.17 (95% interval 0.05 to 0.29, 1,344 rows, p = .0031)". */
function describeUtility(comparison: Comparison): string {
  const { primary, challengerLoss, referenceLoss, difference } = comparison;
  const worth = (loss: number): string => formatNumber(primary.best - loss * primary.range);
  const means = `mean utility ${worth(challengerLoss)} a row against ${worth(referenceLoss)}`;
  return `${means}, difference ${formatNumber(difference * primary.range)} (${describeCertainty(comparison)})`;
}

/** "0.50 points", or as much of the utility's range: "0.12 of utility". */
export function describeDifference(difference: number, { kind, range }: Comparison['primary']): string {
  if (kind === 'utility') return `${formatNumber(difference * range)} of utility`;
  return `${formatPoints(difference).replace('+', '')} points`;
}

function describeCertainty({ bounds, rows, units, method, pValue, primary }: Comparison): string {
  const unsigned = (difference: number): string =>
    primary.kind === 'utility' ? formatNumber(difference * primary.range) : formatPoints(difference).replace('+', '');
  const interval = bounds
    ? `${formatNumberOfPercent(bounds.interval.level)} interval ${unsigned(bounds.interval.low)} to ${unsigned(bounds.interval.high)}, `
    : '';
  return `${interval}${formatCount(rows)} rows${units < rows ? ` in ${formatCount(units)} blocks` : ''}, ${method === 'McNemar' ? 'McNemar ' : ''}${formatPValue(pValue)}`;
}

function formatNumberOfPercent(level: number): string {
  return `${Number((level * 100).toFixed(2))}%`;
}

/** What is missing before the comparison can be decided. */
export function describeMissingRows(
  { rows, units, primary }: Comparison,
  rowsNeeded: number,
  difference: number,
): string {
  if (units < minResamplingUnits) {
    const pieces = units < rows ? `neighbouring rows depend on each other, ${formatCount(rows)} of them are ` : '';
    return `${pieces}${units} pieces of evidence, at least ${minResamplingUnits} are needed`;
  }
  if (rows >= rowsNeeded)
    return `enough rows to see ${describeDifference(difference, primary)}, yet the interval is too wide`;
  const missing = formatCount(rowsNeeded - rows);
  return `${formatCount(rowsNeeded)} rows are needed to see ${describeDifference(difference, primary)}: ${missing} more`;
}
