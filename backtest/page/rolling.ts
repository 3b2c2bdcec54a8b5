import type { BlockReport } from '../play.ts';

export interface Point {
  /** Counted from 1: the last block of the mean. */
  readonly block: number;
  readonly value: number;
}

/** Blocks in a mean: a twentieth of them all. */
export function windowOf(blocks: number): number {
  return Math.max(1, Math.round(blocks / 20));
}

/** Mean of a metric over the newest `window` blocks, each by its rows; of squares for RMSE, which is their root. Blocks without a figure are left out. */
export function rollingMean(blocks: readonly BlockReport[], metric: string, window: number): readonly Point[] {
  const isRoot = metric === 'RMSE';
  return blocks.flatMap((_, index) => {
    let sum = 0;
    let rows = 0;
    for (const block of blocks.slice(Math.max(0, index + 1 - window), index + 1)) {
      const value = block.quality[metric] ?? null;
      if (value === null) continue;
      sum += (isRoot ? value ** 2 : value) * block.rows;
      rows += block.rows;
    }
    const mean = isRoot ? Math.sqrt(sum / rows) : sum / rows;
    return rows === 0 ? [] : [{ block: index + 1, value: mean }];
  });
}
