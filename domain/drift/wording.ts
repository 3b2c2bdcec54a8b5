import type { Comparison } from './comparison.ts';
import type { DriftPolicy } from './policy.ts';

/** The figures of a comparison: "debiased PSI 0.31 (limit 0.1), p = 2e-16, 1,000 against 5,000 rows". `pValue` is the adjusted one. */
export function describeFigures(comparison: Comparison, pValue: number, policy: DriftPolicy): string {
  const { stability, distance, currentRows, referenceRows } = comparison;
  const figures = [`debiased PSI ${formatSize(stability)} (limit ${policy.stabilityLimit})`];
  if (distance !== null) figures.push(`moved ${formatSize(distance)} sd (limit ${policy.distanceLimit})`);
  figures.push(formatPValue(pValue), describeRows(currentRows, referenceRows));
  return figures.join(', ');
}

/** "1,000 against 5,000 rows". */
export function describeRows(currentRows: number, referenceRows: number): string {
  return `${groupDigits(currentRows)} against ${groupDigits(referenceRows)} rows`;
}

/** 12345 → "12,345". */
export function groupDigits(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function formatSize(size: number): string {
  return String(size >= 0.1 ? Number(size.toPrecision(2)) : Number(size.toFixed(3)));
}

function formatPValue(pValue: number): string {
  if (pValue < 1e-300) return 'p < 1e-300';
  return `p = ${Number(pValue.toPrecision(pValue < 0.001 ? 1 : 2))}`;
}
