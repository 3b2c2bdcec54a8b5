import { riskLevel } from './absolute-risk.ts';
import { chooseBlockRows } from './dependence.ts';
import { fillBlocks } from './loss-blocks.ts';
import { upperRiskBound } from './risk-bound.ts';

/** What a version's holdout promises of its losses, which lie in [0, 1]. Plain JSON. */
export interface HoldoutRisk {
  readonly mean: number;
  readonly rows: number;
  /** Losses in time order depend little on those this many rows away. */
  readonly blockRows: number;
  /** The risk is below this with probability 1 − δ/2. */
  readonly upperBound: number;
}

/** Measures what the losses on a holdout, in time order, promise; null without any. Where they depend on each other, blocks count, not rows. */
export function measureHoldoutRisk(losses: Float64Array): HoldoutRisk | null {
  const known = losses.filter(Number.isFinite);
  if (known.length === 0) return null;
  const blockRows = chooseBlockRows(known);
  const { means } = fillBlocks({ rows: blockRows, sum: 0, count: 0 }, known);
  return {
    mean: known.reduce((sum, loss) => sum + loss, 0) / known.length,
    rows: known.length,
    blockRows,
    upperBound: upperRiskBound(means, riskLevel / 2),
  };
}
