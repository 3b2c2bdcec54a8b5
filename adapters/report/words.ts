import { formatCount, formatNumber } from '../../domain/gate/wording.ts';
import type { Interval, Outcome } from '../../domain/verdict.ts';
import { markup, type Markup } from '../page/markup.ts';

const marks: Readonly<Record<Outcome, string>> = { pass: '✓', fail: '✗', inconclusive: '?' };

/** A verdict that needs no colour to be told. */
export function chip(outcome: Outcome, word: string = outcome): Markup {
  return markup`<span class="chip ${outcome}"><span aria-hidden="true">${marks[outcome]}</span> ${word}</span>`;
}

export function dash(text: string | null | undefined): string {
  return text === null || text === undefined || text === '' ? '–' : text;
}

export function number(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : formatNumber(value);
}

export function count(value: number): string {
  return formatCount(value);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

export function describeInterval(interval: Interval | undefined): string {
  if (interval === undefined) return '';
  const { low, high, level } = interval;
  return `${Number((100 * level).toFixed(1))}% interval ${formatNumber(low)} to ${formatNumber(high)}`;
}

/** "2026-11-26 07:35:32 UTC". */
export function moment(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** "1.25 ms", "3.2 µs". */
export function duration(ms: number): string {
  return ms < 0.1 ? `${(1_000 * ms).toFixed(1)} µs` : `${ms.toFixed(2)} ms`;
}

export function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  return size < 1_000_000 ? `${(size / 1_000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}
