import { sortAround } from '../drift/sort-around.ts';
import { type Band, type NumericContract, quantileShares, type RangeContract } from './contract.ts';
import { countMode, countOutside, quantileOf, sortFinite, takeFinite } from './quantiles.ts';
import { summarizeShares } from './shares.ts';
import { learnPrefixes, lengthOf, type Stretch } from './stretches.ts';

/** A range that more than this share of a later stretch leaves is none. */
const roamingShare = 0.1;
/** In half distances of the lowest from the highest median. */
const wanderingReach = 4;

interface SortedStretch extends Stretch {
  readonly sorted: Float64Array;
}

/** What the values of a feature look like, and how far stretches of them differ. */
export function inferNumbers(
  type: NumericContract['type'],
  values: Float64Array,
  stretches: readonly Stretch[],
): NumericContract {
  const all = sortFinite(values);
  const parts = stretches.map((stretch) => ({
    ...stretch,
    sorted: sortFinite(values.subarray(stretch.from, stretch.to)),
  }));
  const present = parts.filter(({ sorted }) => sorted.length > 0);
  const centre = bandOf(present.map(({ sorted }) => quantileOf(sorted, 0.5)));
  const steadiest = present.map(({ sorted }) => countMode(sorted) / sorted.length);
  return {
    kind: 'numeric',
    type,
    missing: summarizeShares(parts.map((part) => ({ hits: missingOf(part), rows: lengthOf(part) }))),
    steadiest: Math.max(0, ...steadiest),
    whole: all.every(Number.isInteger),
    median: quantileOf(all, 0.5),
    quantiles: all.length === 0 ? [] : quantileShares.map((share) => quantileOf(all, share)),
    range: type === 'timestamp' || all[0] === all.at(-1) ? null : inferRange(values, all, present, centre),
    inner: inferInner(all),
    centre,
    spread: bandOf(present.map(({ sorted }) => spreadOf(sorted))),
  };
}

/** From the 10% to the 90% quantile, never infinite. */
export function spreadOf(sorted: Float64Array): number {
  return Math.min(Number.MAX_VALUE, quantileOf(sorted, 0.9) - quantileOf(sorted, 0.1));
}

export function bandOf(values: readonly number[]): Band {
  return values.length === 0 ? { low: 0, high: 0 } : { low: Math.min(...values), high: Math.max(...values) };
}

/**
 * From the .1% to the 99.9% quantile and, on either side, half as far again and twice as far as medians of stretches are apart: what
 * wanders goes on wandering. Later stretches of the training part are held to the same range, learned from what was before them: what
 * share left it at most; and whether it would have held without its margins.
 */
function inferRange(
  values: Float64Array,
  all: Float64Array,
  present: readonly SortedStretch[],
  centre: Band,
): RangeContract {
  const wandering = wanderingReach * (centre.high / 2 - centre.low / 2);
  const bareBefore = learnPrefixes(present, (rows) => bareRange(sortTails(values.subarray(0, rows))));
  const range = widen(bareRange(all), wandering);
  const later = present.flatMap((part) => {
    const bare = bareBefore(part);
    return bare === null ? [] : [{ sorted: part.sorted, bare }];
  });
  const shares = later.map(({ sorted, bare }) => outsideShare(sorted, widen(bare, wandering)));
  return {
    ...range,
    outside: {
      hits: countOutside(all, range.low, range.high),
      rows: all.length,
      highest: Math.max(outsideShare(all, range), ...shares),
    },
    roams: later.some(({ sorted, bare }) => outsideShare(sorted, bare) > roamingShare),
  };
}

const tailShare = 0.001;

function bareRange(sorted: Float64Array): Band {
  return { low: quantileOf(sorted, tailShare), high: quantileOf(sorted, 1 - tailShare) };
}

/** Finite values, sorted as far as `bareRange` asks. */
function sortTails(values: Float64Array): Float64Array {
  const finite = takeFinite(values);
  const ranks = [tailShare, 1 - tailShare].flatMap((share) => {
    const below = Math.floor(share * (finite.length - 1));
    return [below, Math.min(below + 1, finite.length - 1)];
  });
  return finite.length === 0 ? finite : sortAround(finite, ranks);
}

function widen({ low, high }: Band, wandering: number): Band {
  const margin = high / 2 - low / 2 + wandering;
  return { low: Math.max(-Number.MAX_VALUE, low - margin), high: Math.min(Number.MAX_VALUE, high + margin) };
}

function outsideShare(sorted: Float64Array, { low, high }: Band): number {
  return sorted.length === 0 ? 0 : countOutside(sorted, low, high) / sorted.length;
}

function inferInner(all: Float64Array): NumericContract['inner'] {
  const [low, high] = [quantileOf(all, 0.1), quantileOf(all, 0.9)];
  const hits = all.length - countOutside(all, low, high);
  return { low, high, inside: { hits, rows: all.length, highest: all.length === 0 ? 0 : hits / all.length } };
}

function missingOf({ sorted, ...range }: SortedStretch): number {
  return lengthOf(range) - sorted.length;
}
