import type { Policy } from '../project.ts';
import type { ProbationPolicy } from '../probation/policy.ts';
import type { Aliases } from './aliases.ts';
import type { Switch } from './switch.ts';

/** What ties a switch to a promotion by steps. */
export interface CanaryStep {
  /** The decision to promote that the steps carry out. */
  readonly decisionId: string;
  /** Which of the policy's steps, counted from 0. */
  readonly index: number;
  /** Share of the entities that the challenger answers once the switch is done; null: it is no longer asked. */
  readonly share: number | null;
}

/** The policy's shares; none where a promotion is made all at once. */
function sharesOf({ promotion }: Pick<Policy, 'promotion'>): readonly number[] {
  return promotion.strategy === 'canary' ? promotion.steps : [];
}

/** The share of a step, or null after the last one, and where nothing is promoted by steps. */
export function shareOfStep(policy: Pick<Policy, 'promotion'>, index: number): number | null {
  return sharesOf(policy)[index] ?? null;
}

/** Opens a canary, or widens it: the champion stays, the challenger answers its share. */
export function planCanary(
  aliases: Aliases,
  version: string,
  step: { readonly decisionId: string; readonly index: number; readonly share: number },
  { reason, by }: Pick<Switch, 'reason' | 'by'>,
): Switch {
  return {
    kind: 'canary',
    decisionId: `${step.decisionId}-canary-${step.index + 1}`,
    before: aliases,
    after: { ...aliases, challenger: version },
    reason,
    by,
    canary: step,
  };
}

/** Ends a canary: the champion answers everything again. */
export function planCanaryEnd(opened: Switch, decisionId: string, reason: string, by: string): Switch {
  return {
    kind: 'rollback',
    decisionId,
    before: opened.after,
    after: { ...opened.after, challenger: null },
    reason,
    by,
    ...(opened.canary === undefined ? {} : { canary: { ...opened.canary, share: null } }),
  };
}

/** Who is watched against whom after a switch. */
export function contendersOf({ kind, before, after }: Switch): {
  readonly incoming: string | null;
  readonly outgoing: string | null;
} {
  if (kind === 'canary') return { incoming: after.challenger, outgoing: after.champion };
  return { incoming: after.champion, outgoing: before.champion };
}

/**
 * How a switch is watched. The steps of a canary and the probation that follows share the level, so that a version which is no worse is
 * rolled back in all with at most the policy's chance (a union bound); a step needs its labels and ends with them.
 */
export function watchPolicyOf(policy: Policy, plan: Switch): ProbationPolicy {
  if (plan.canary === undefined) return policy.probation;
  const alpha = policy.probation.alpha / (sharesOf(policy).length + 1);
  if (plan.kind !== 'canary') return { ...policy.probation, alpha };
  const labels = policy.promotion.labelsPerStep;
  return { ...policy.probation, alpha, horizonLabels: labels, minLabels: labels, extendLabels: labels };
}

/** "5%", "12.5%". */
export function formatShareOfEntities(share: number): string {
  return `${Math.round(share * 1_000) / 10}%`;
}
