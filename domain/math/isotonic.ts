/** A never-falling curve through (xs, ys): straight between neighbours, flat outside. Plain JSON. */
export interface IsotonicMap {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

/** Values nearer to each other than this count as tied, as in scikit-learn. */
const tieWidth = 1e-15;

/**
 * The never-falling curve with the least weighted squared error, by pooling adjacent violators (Ayer et al. 1955) in O(n log n).
 * Ties in x are one point of their weighted mean; points that aren't finite or have no weight are left out; null where none is left.
 * Equal to scikit-learn's IsotonicRegression(out_of_bounds='clip').
 *
 * Example: xs 1, 2, 3, 4 and ys 0, 1, 0, 1 give 0, ½, ½, 1.
 */
export function fitIsotonic(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  weights?: ArrayLike<number>,
): IsotonicMap | null {
  const blocks = poolViolators(sortPoints(xs, ys, weights));
  if (blocks.length === 0) return null;
  const corners = blocks.flatMap((block) => {
    const ends = block.from === block.to ? [block.from] : [block.from, block.to];
    return ends.map((x) => ({ x, y: meanOf(block) }));
  });
  return { xs: corners.map(({ x }) => x), ys: corners.map(({ y }) => y) };
}

/** The curve's value at x, by bisection; NaN for NaN. */
export function applyIsotonic({ xs, ys }: IsotonicMap, x: number): number {
  if (Number.isNaN(x)) return x;
  const last = xs.length - 1;
  if (x <= xs[0]!) return ys[0]!;
  if (x >= xs[last]!) return ys[last]!;
  let [below, above] = [0, last];
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (xs[middle]! < x) below = middle;
    else above = middle;
  }
  // Halved, so that the distance between two huge values can't overflow.
  const position = (x / 2 - xs[below]! / 2) / (xs[above]! / 2 - xs[below]! / 2);
  return ys[below]! + position * (ys[above]! - ys[below]!);
}

interface Block {
  readonly from: number;
  to: number;
  /** Weighted sum, not mean: exact for labels of 0 and 1, so that equal means are seen as equal. */
  sum: number;
  weight: number;
}

/** One point for each distinct x, in rising order. */
function sortPoints(xs: ArrayLike<number>, ys: ArrayLike<number>, weights?: ArrayLike<number>): Block[] {
  const rows = Uint32Array.from({ length: xs.length }, (_, row) => row)
    .filter((row) => Number.isFinite(xs[row]) && Number.isFinite(ys[row]) && (weights?.[row] ?? 1) > 0)
    .sort((a, b) => xs[a]! - xs[b]! || ys[a]! - ys[b]!);
  const points: Block[] = [];
  for (const row of rows) {
    const weight = weights?.[row] ?? 1;
    const point = { from: xs[row]!, to: xs[row]!, sum: weight * ys[row]!, weight };
    const last = points.at(-1);
    if (last && point.from - last.from < tieWidth) pool(last, point);
    else points.push(point);
  }
  return points.map((point) => ({ ...point, to: point.from }));
}

/** Neighbours of which the left one is not below the right one become one block, until none is left. */
function poolViolators(points: readonly Block[]): Block[] {
  const blocks: Block[] = [];
  for (const point of points) {
    blocks.push(point);
    while (blocks.length > 1 && meanOf(blocks.at(-2)!) >= meanOf(blocks.at(-1)!)) {
      const right = blocks.pop()!;
      pool(blocks.at(-1)!, right);
    }
  }
  return blocks;
}

function pool(left: Block, right: Block): void {
  left.sum += right.sum;
  left.weight += right.weight;
  left.to = right.to;
}

function meanOf({ sum, weight }: Block): number {
  return sum / weight;
}
