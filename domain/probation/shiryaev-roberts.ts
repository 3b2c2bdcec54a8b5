import { logMeanExp, softplus } from './log-space.ts';
import { mixtureShares } from './sequential-mcnemar.ts';

/**
 * The Shiryaev–Roberts detector of a change for the worse: per alternative p, M ← (M + 1)·LR. It restarts its evidence at every
 * row, so a good start does not hide a later decay. Kept as log(1 + M), which is finite and starts at 0.
 */
export interface ShiryaevRobertsState {
  /** log(1 + M), one per alternative. */
  readonly logOnePlus: readonly number[];
  /** Rows that moved the detector. */
  readonly rows: number;
}

export const initialShiryaevRoberts: ShiryaevRobertsState = { logOnePlus: mixtureShares.map(() => 0), rows: 0 };

/**
 * Takes in one difference d = loss(new) − loss(old) in [−1, 1], d ≠ 0. LR = 1 + (2p − 1)·d, which for d = ±1 is 2p and
 * 2(1 − p) as in the sequential McNemar test, and whose mean is at most 1 while the new model is no worse.
 */
export function stepShiryaevRoberts(state: ShiryaevRobertsState, difference: number): ShiryaevRobertsState {
  const logOnePlus = state.logOnePlus.map((log, i) =>
    softplus(log + Math.log1p((2 * mixtureShares[i]! - 1) * difference)),
  );
  return { logOnePlus, rows: state.rows + 1 };
}

/**
 * Log of the mean over p of M. M minus the number of rows is a supermartingale under no harm, so by Doob's inequality the
 * chance that the mean reaches D/α within D rows is at most α.
 */
export function logShiryaevRoberts(state: ShiryaevRobertsState): number {
  return logMeanExp(state.logOnePlus.map((log) => (log > 0 ? log + Math.log(-Math.expm1(-log)) : -Infinity)));
}
