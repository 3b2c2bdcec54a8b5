import { formatCount } from '../gate/wording.ts';

const dayMs = 86_400_000;

/** Rows per day of event time; null without a time column, or where all rows have the same time. */
export function rowsPerDay(eventMs: Float64Array | null): number | null {
  if (eventMs === null || eventMs.length < 2) return null;
  const days = (eventMs.at(-1)! - eventMs[0]!) / dayMs;
  return days > 0 ? eventMs.length / days : null;
}

/** "5,900 labels (12 days)". */
export function describeLabels(labels: number, perDay: number | null): string {
  return `${formatCount(labels)} labels${perDay === null ? '' : ` (${describeDays(labels / perDay)})`}`;
}

export function describeDays(days: number): string {
  if (days < 2) return `${formatTenth(24 * days)} hours`;
  return days < 100 ? `${formatTenth(days)} days` : `${formatTenth(days / 30.44)} months`;
}

function formatTenth(value: number): string {
  return value < 10 ? String(Math.round(10 * value) / 10) : formatCount(value);
}
