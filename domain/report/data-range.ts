import type { DataUsed } from './evidence.ts';

/**
 * From when to when rows are, by the keys of the first and the last: `history:<index>` rows have the event time that the project's file gives
 * them, served rows begin with the milliseconds at which they were served. Null where nothing tells.
 *
 * @param eventMs of the project's file, by index; null where it has none
 * @param newestEventMs of what was served; null where that has none
 */
export function describeRange(
  firstKey: string,
  lastKey: string,
  eventMs: ArrayLike<number> | null,
  newestEventMs: number | null,
): DataUsed['range'] {
  const [first, last] = [firstKey, lastKey].map((key) => historyTime(key, eventMs));
  if (first !== null || last !== null) {
    const toMs = last ?? newestEventMs;
    return { of: 'event time', fromMs: first ?? null, toMs };
  }
  const [fromMs, toMs] = [firstKey, lastKey].map(servedTime);
  return fromMs === null && toMs === null ? null : { of: 'time of serving', fromMs: fromMs!, toMs: toMs! };
}

function historyTime(key: string, eventMs: ArrayLike<number> | null): number | null {
  const [, index] = /^history:(\d+)$/.exec(key) ?? [];
  const time = index === undefined ? undefined : eventMs?.[Number(index)];
  return time === undefined || Number.isNaN(time) ? null : time;
}

function servedTime(key: string): number | null {
  const [, ms] = /^(\d{13})-/.exec(key) ?? [];
  return ms === undefined ? null : Number(ms);
}
