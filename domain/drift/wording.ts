import type { Comparison, Effect } from './comparison.ts';

/** One sentence on a feature, with the figures. `pValue` is the adjusted one. */
export function describeComparison(name: string, found: string, comparison: Comparison, pValue: number): string {
  const { effect, currentRows, referenceRows } = comparison;
  return `${name} ${found}: ${describeEffect(effect)}, ${describePValue(pValue)}, ${describeRows(currentRows, referenceRows)}`;
}

/** "1,000 against 5,000 rows". */
export function describeRows(currentRows: number, referenceRows: number): string {
  return `${groupDigits(currentRows)} against ${groupDigits(referenceRows)} rows`;
}

/** 12345 → "12,345". */
export function groupDigits(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function describeEffect({ measure, size, limit }: Effect): string {
  return `${measure} ${Number(size.toPrecision(2))} (limit ${limit})`;
}

function describePValue(pValue: number): string {
  return pValue < 1e-300 ? 'p < 1e-300' : `p = ${Number(pValue.toPrecision(1 + (pValue > 0.001 ? 1 : 0)))}`;
}
