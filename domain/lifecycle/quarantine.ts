import type { PolicyClock } from '../policy.ts';
import { hasElapsed } from './clock.ts';
import type { RetrainResult } from './results.ts';
import type { LifecycleState } from './state.ts';

/** A version that was rolled back. Until its time is over, neither it nor one that does the same is promoted. */
export interface Quarantined {
  readonly version: string;
  /** Of the run that trained it: same data, same configurations. Null where that isn't known. */
  readonly fingerprint: string | null;
  readonly since: PolicyClock;
  readonly reason: string;
}

const kept = 20;

/** Those whose time is not over: fewer labels have come since than the policy asks for. */
export function inQuarantine({ quarantined, policy, clock }: LifecycleState): readonly Quarantined[] {
  return quarantined.filter(({ since }) => !hasElapsed(policy.rollback.quarantine, since, clock));
}

/** The list with the version that has just been rolled back. */
export function quarantine(state: LifecycleState, version: string | null, reason: string): readonly Quarantined[] {
  if (version === null) return state.quarantined;
  const entry: Quarantined = { version, fingerprint: state.promotedFingerprint, since: state.clock, reason };
  return [...inQuarantine(state).filter((known) => known.version !== version), entry].slice(-kept);
}

/** The quarantined version whose run a result repeats, or null. */
export function repeats(state: LifecycleState, { fingerprint }: RetrainResult): string | null {
  if (fingerprint === null) return null;
  return inQuarantine(state).find((one) => one.fingerprint === fingerprint)?.version ?? null;
}
