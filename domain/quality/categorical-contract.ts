import type { CategoricalContract } from './contract.ts';
import { summarizeShares } from './shares.ts';
import { learnPrefixes, lengthOf, type Stretch } from './stretches.ts';

/** More would make a contract as large as the data; rarer ones count as unseen, in the training part too. */
const mostCategories = 1_000;
/** Where more than this share of a later stretch is new, the set of categories is an open one. */
const roamingShare = 0.25;

type Values = readonly (string | null)[];

/** Which categories a feature has, and how often new ones came within the training part. */
export function inferCategories(values: Values, stretches: readonly Stretch[]): CategoricalContract {
  const parts = stretches.map((stretch) => {
    const counts = countCategories(values, stretch.from, stretch.to);
    return { ...stretch, counts, present: sum(counts) };
  });
  const knownBefore = learnPrefixes(stretches, (rows) => new Set(mostFrequent(countCategories(values, 0, rows))));
  const counts = countCategories(values, 0, values.length);
  const categories = mostFrequent(counts);
  const all = { hits: countOthers(counts, new Set(categories)), rows: sum(counts) };
  const unseenLater = parts.flatMap((part) => {
    const known = part.present === 0 ? null : knownBefore(part);
    return known === null ? [] : [countOthers(part.counts, known) / part.present];
  });
  const highest = Math.max(all.rows === 0 ? 0 : all.hits / all.rows, ...unseenLater);
  return {
    kind: 'categorical',
    missing: summarizeShares(parts.map((part) => ({ hits: lengthOf(part) - part.present, rows: lengthOf(part) }))),
    steadiest: Math.max(0, ...parts.map((part) => (part.present === 0 ? 0 : largest(part.counts) / part.present))),
    categories,
    unseen: { ...all, highest },
    roams: highest > roamingShare,
  };
}

/** Rows by category; null is missing. */
export function countCategories(values: Values, from: number, to: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let row = from; row < to; row++) {
    const value = values[row] ?? null;
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** Rows of categories that are not among the known. */
export function countOthers(counts: ReadonlyMap<string, number>, known: ReadonlySet<string>): number {
  let others = 0;
  for (const [category, rows] of counts) if (!known.has(category)) others += rows;
  return others;
}

export function sum(counts: ReadonlyMap<string, number>): number {
  let rows = 0;
  for (const count of counts.values()) rows += count;
  return rows;
}

export function largest(counts: ReadonlyMap<string, number>): number {
  let most = 0;
  for (const count of counts.values()) most = Math.max(most, count);
  return most;
}

function mostFrequent(counts: ReadonlyMap<string, number>): readonly string[] {
  const byCount = [...counts].sort(([a, rowsA], [b, rowsB]) => rowsB - rowsA || (a < b ? -1 : 1));
  return byCount.slice(0, mostCategories).map(([category]) => category);
}
