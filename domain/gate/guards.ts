import type { Check } from '../verdict.ts';
import { checkCalibration } from './calibration/check-calibration.ts';
import type { GateEvidence } from './evidence.ts';
import { checkFlips } from './flips/check-flips.ts';
import type { GatePolicy } from './policy.ts';

/**
 * Looks at one way in which a challenger that is better on the whole may still do harm. A check that fails refuses it; an
 * inconclusive one makes it a person's decision; what is only to be seen is `advisory`. No checks where there is nothing to see.
 */
type Guard = (evidence: GateEvidence, policy: GatePolicy) => readonly Check[];

const guards: readonly Guard[] = [checkFlips, checkCalibration];

export function checkGuards(evidence: GateEvidence, policy: GatePolicy): readonly Check[] {
  return guards.flatMap((check) => check(evidence, policy));
}
