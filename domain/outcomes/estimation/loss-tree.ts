/** Losses by where a row lies: a value up to the threshold, or a missing one, goes `below`. Plain JSON. */
export type LossTree =
  | { readonly loss: number }
  | { readonly column: number; readonly threshold: number; readonly below: LossTree; readonly above: LossTree };

const deepest = 4;
const mostCuts = 31;
/** A leaf's mean of fewer rows is mostly noise. */
const leastLeafRows = 50;
/** A split must explain this share of the squared deviations of all losses. */
const leastGain = 0.001;

/** A column in at most 32 cells of equal mass; cell 0 is for missing values. */
interface Cells {
  readonly cuts: Float64Array;
  readonly cells: Uint8Array;
}

/**
 * A regression tree of depth 4 (CART, least squares) for a loss by the values of columns. It splits at quantiles only, so that it takes
 * one pass over the rows for each column and level. Example: losses of 0 where a column is below 0 and of 1 above make one split.
 */
export function fitLossTree(columns: readonly Float64Array[], losses: Float64Array): LossTree {
  const cells = columns.map(cutIntoCells);
  const rows = Uint32Array.from(losses, (_, row) => row);
  const mean = meanOf(rows, losses);
  const deviation = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  return grow({ cells, losses, leastGain: deviation * leastGain }, rows, 0);
}

/** The loss that a tree expects of a row. */
export function lookUpLoss(tree: LossTree, columns: readonly Float64Array[], row: number): number {
  let node = tree;
  while ('column' in node) node = columns[node.column]![row]! > node.threshold ? node.above : node.below;
  return node.loss;
}

function cutIntoCells(values: Float64Array): Cells {
  const sorted = values.filter(Number.isFinite).sort();
  const quantiles = Array.from(
    { length: mostCuts },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / (mostCuts + 1))]!,
  );
  const cuts = Float64Array.from(new Set(sorted.length === 0 ? [] : quantiles));
  const cells = Uint8Array.from(values, (value) =>
    Number.isNaN(value) ? 0 : 1 + cuts.filter((cut) => cut < value).length,
  );
  return { cuts, cells };
}

interface Grower {
  readonly cells: readonly Cells[];
  readonly losses: Float64Array;
  readonly leastGain: number;
}

function grow(grower: Grower, rows: Uint32Array, depth: number): LossTree {
  const split = depth < deepest ? bestSplit(grower, rows) : null;
  if (split === null) return { loss: meanOf(rows, grower.losses) };
  const { cells, cuts } = grower.cells[split.column]!;
  return {
    column: split.column,
    threshold: cuts[split.cell - 1]!,
    below: grow(
      grower,
      rows.filter((row) => cells[row]! <= split.cell),
      depth + 1,
    ),
    above: grow(
      grower,
      rows.filter((row) => cells[row]! > split.cell),
      depth + 1,
    ),
  };
}

interface Split {
  readonly column: number;
  readonly cell: number;
  readonly gain: number;
}

function bestSplit({ cells, losses, leastGain: least }: Grower, rows: Uint32Array): Split | null {
  let best: Split | null = null;
  cells.forEach(({ cells: of, cuts }, column) => {
    const sums = new Float64Array(cuts.length + 2);
    const counts = new Uint32Array(cuts.length + 2);
    for (const row of rows) {
      sums[of[row]!]! += losses[row]!;
      counts[of[row]!]! += 1;
    }
    const found = bestCell(sums, counts);
    if (found !== null && found.gain > Math.max(least, best?.gain ?? 0)) best = { column, ...found };
  });
  return best;
}

/** The cell up to which to split, by how much squared deviation that takes away. */
function bestCell(sums: Float64Array, counts: Uint32Array): Omit<Split, 'column'> | null {
  const total = sums.reduce((sum, value) => sum + value, 0);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  let best: Omit<Split, 'column'> | null = null;
  let [sum, count] = [sums[0]!, counts[0]!];
  for (let cell = 1; cell < sums.length - 1; cell++) {
    sum += sums[cell]!;
    count += counts[cell]!;
    if (count < leastLeafRows || rows - count < leastLeafRows) continue;
    const gain = sum ** 2 / count + (total - sum) ** 2 / (rows - count) - total ** 2 / rows;
    if (gain > (best?.gain ?? 0)) best = { cell, gain };
  }
  return best;
}

function meanOf(rows: Uint32Array, losses: Float64Array): number {
  return rows.reduce((sum, row) => sum + losses[row]!, 0) / rows.length;
}
