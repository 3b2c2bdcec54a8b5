/** Finite values, sorted. */
export function sortFinite(values: ArrayLike<number>): Float64Array {
  return takeFinite(values).sort();
}

/** A copy of the finite values, in their order. `filter` would put each into an object of its own on the way. */
export function takeFinite(values: ArrayLike<number>): Float64Array {
  const finite = new Float64Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (Number.isFinite(value)) finite[count++] = value;
  }
  return finite.subarray(0, count);
}

/** The quantile of sorted values, straight between neighbours, as numpy's default; 0 without values. */
export function quantileOf(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return 0;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  const weight = position - below;
  // Weighed rather than added to, so that the distance of two huge values can't overflow.
  return weight === 0 ? sorted[below]! : sorted[below]! * (1 - weight) + sorted[above]! * weight;
}

/** How many of the sorted values are below `low` or above `high`. */
export function countOutside(sorted: Float64Array, low: number, high: number): number {
  return countBelow(sorted, low) + sorted.length - countUpTo(sorted, high);
}

/** Rows of the most frequent value. */
export function countMode(sorted: Float64Array): number {
  let most = 0;
  let from = 0;
  for (let row = 1; row <= sorted.length; row++) {
    if (row < sorted.length && sorted[row] === sorted[from]) continue;
    most = Math.max(most, row - from);
    from = row;
  }
  return sorted.length === 0 ? 0 : most;
}

function countBelow(sorted: Float64Array, limit: number): number {
  return partition(sorted, (value) => value < limit);
}

function countUpTo(sorted: Float64Array, limit: number): number {
  return partition(sorted, (value) => value <= limit);
}

/** How many values from the first on satisfy a condition that holds up to some point. */
function partition(sorted: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
