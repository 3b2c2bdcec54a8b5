import { minResamplingUnits } from './bootstrap.ts';
import type { Comparison } from './comparison.ts';
import { formatCount, formatPoints, formatPValue, formatShare } from './wording.ts';

/** "accuracy .812 against .781, difference +3.1 points (95% interval 1.2 to 5.0, 1,344 rows, McNemar p = .0004)". */
export function describeComparison(comparison: Comparison): string {
  const { task, challengerLoss, referenceLoss } = comparison;
  const quality =
    task === 'regression'
      ? `squared error ${formatShare(challengerLoss)} of the labels' variance against ${formatShare(referenceLoss)}`
      : `accuracy ${formatShare(1 - challengerLoss)} against ${formatShare(1 - referenceLoss)}`;
  return `${quality}, difference ${formatPoints(comparison.difference)} points (${describeCertainty(comparison)})`;
}

function describeCertainty({ bounds, rows, units, method, pValue }: Comparison): string {
  const unsigned = (difference: number) => formatPoints(difference).replace('+', '');
  const interval = bounds
    ? `${formatNumberOfPercent(bounds.interval.level)} interval ${unsigned(bounds.interval.low)} to ${unsigned(bounds.interval.high)}, `
    : '';
  return `${interval}${formatCount(rows)} rows${units < rows ? ` in ${formatCount(units)} blocks` : ''}, ${method === 'McNemar' ? 'McNemar ' : ''}${formatPValue(pValue)}`;
}

function formatNumberOfPercent(level: number): string {
  return `${Number((level * 100).toFixed(2))}%`;
}

/** What is missing before the comparison can be decided. */
export function describeMissingRows({ rows, units }: Comparison, rowsNeeded: number, difference: number): string {
  if (units < minResamplingUnits) {
    const pieces = units < rows ? `neighbouring rows depend on each other, ${formatCount(rows)} of them are ` : '';
    return `${pieces}${units} pieces of evidence, at least ${minResamplingUnits} are needed`;
  }
  if (rows >= rowsNeeded)
    return `enough rows to see ${formatPoints(difference).slice(1)} points, yet the interval is too wide`;
  const missing = formatCount(rowsNeeded - rows);
  return `${formatCount(rowsNeeded)} rows are needed to see ${formatPoints(difference).slice(1)} points: ${missing} more`;
}
