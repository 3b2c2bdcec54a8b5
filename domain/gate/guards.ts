import type { Check } from '../verdict.ts';
import { checkCalibration } from './calibration/check-calibration.ts';
import { checkCost } from './cost/check-cost.ts';
import { checkCoverage } from './coverage/check-coverage.ts';
import type { GateEvidence } from './evidence.ts';
import { checkFairness } from './fairness/check-fairness.ts';
import { checkFlips } from './flips/check-flips.ts';
import { isChampionLost } from './lost-champion.ts';
import type { GatePolicy } from './policy.ts';
import { checkRobustness } from './robustness/check-robustness.ts';
import { checkSlices } from './slices/check-slices.ts';

/**
 * Looks at one way in which a challenger that is better on the whole may still do harm. A check that fails refuses it; an
 * inconclusive one makes it a person's decision; what is only to be seen is `advisory`. No checks where there is nothing to see.
 */
type Guard = (evidence: GateEvidence, policy: GatePolicy) => readonly Check[];

const checkExam: Guard = ({ examChecks }) => examChecks ?? [];

const guards: readonly Guard[] = [
  checkExam,
  checkSlices,
  checkFairness,
  checkFlips,
  checkCalibration,
  checkCoverage,
  checkCost,
  checkRobustness,
];

/**
 * Beside a champion that the world has left, no slices are searched for in which it happens to be right, and rows that only it has right are allowed as
 * long as they are fewer than its errors; what a project declares is guarded as ever.
 */
export function checkGuards(evidence: GateEvidence, policy: GatePolicy): readonly Check[] {
  const fitting = isChampionLost(evidence, policy) ? { ...policy, discoverSlices: false, flipLimit: 1 } : policy;
  return guards.flatMap((check) => check(evidence, fitting));
}
