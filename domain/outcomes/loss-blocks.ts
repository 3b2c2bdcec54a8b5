/** Consecutive losses are taken together, `rows` at a time; `sum` and `count` are of the block that isn't full yet. */
export interface LossBlocks {
  readonly rows: number;
  readonly sum: number;
  readonly count: number;
}

/** Adds losses and gives the means of the blocks that they fill. */
export function fillBlocks(
  blocks: LossBlocks,
  losses: ArrayLike<number>,
): { readonly blocks: LossBlocks; readonly means: Float64Array } {
  const { rows } = blocks;
  const means = new Float64Array(Math.floor((blocks.count + losses.length) / rows));
  let { sum, count } = blocks;
  let full = 0;
  for (let index = 0; index < losses.length; index++) {
    sum += losses[index]!;
    count += 1;
    if (count < rows) continue;
    means[full++] = sum / rows;
    sum = 0;
    count = 0;
  }
  return { blocks: { rows, sum, count }, means };
}
