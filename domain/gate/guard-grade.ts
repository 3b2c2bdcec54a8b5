import type { Check, Outcome } from '../verdict.ts';

/** One-sided p-values against a limit. */
export interface LimitTest {
  /** Of the hypothesis that the limit is kept: small where it is shown to be passed. */
  readonly pBeyond: number;
  /** Of the hypothesis that it is passed: small where it is shown to be kept. */
  readonly pWithin: number;
}

/** Shown to be beyond the limit: fail; shown to be within: pass; else open. */
export function gradeLimit({ pBeyond, pWithin }: LimitTest, alpha: number): Outcome {
  if (pBeyond <= alpha) return 'fail';
  return pWithin <= alpha ? 'pass' : 'inconclusive';
}

/** A guard refuses what is shown to do harm. That harm isn't excluded is reported, and stops nothing. */
export function asGuard(check: Check): Check {
  return check.outcome === 'inconclusive' ? { ...check, advisory: true } : check;
}
