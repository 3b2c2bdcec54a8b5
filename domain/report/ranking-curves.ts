import { thin } from './thin.ts';

/** Both in [0, 1]. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/** What a score is worth at every threshold. */
export interface RankingCurves {
  /** Share of class 0 taken for class 1 (x) against share of class 1 found (y): Fawcett 2006. */
  readonly roc: readonly CurvePoint[];
  /** Share of class 1 found (x) against share of right ones among the found (y). */
  readonly precisionRecall: readonly CurvePoint[];
}

/**
 * ROC and precision–recall, thinned to 200 points; rows of equal score enter together. Null where a class is absent or a score is no
 * number. Example: labels 0, 1, 1 with scores .1, .4, .9 give the ROC (0,0), (0,.5), (0,1), (1,1).
 */
export function rankingCurves(labels: ArrayLike<number>, scores: ArrayLike<number>): RankingCurves | null {
  const rows = labels.length;
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
  let positives = 0;
  for (let row = 0; row < rows; row++) {
    if (Number.isNaN(scores[row])) return null;
    positives += labels[row]!;
  }
  const negatives = rows - positives;
  if (positives === 0 || negatives === 0) return null;
  const roc: CurvePoint[] = [{ x: 0, y: 0 }];
  const precisionRecall: CurvePoint[] = [];
  let found = 0;
  for (let taken = 1; taken <= rows; taken++) {
    found += labels[order[taken - 1]!]!;
    if (taken < rows && scores[order[taken]!] === scores[order[taken - 1]!]) continue;
    roc.push({ x: (taken - found) / negatives, y: found / positives });
    precisionRecall.push({ x: found / positives, y: found / taken });
  }
  return { roc: thin(roc), precisionRecall: thin(precisionRecall) };
}
