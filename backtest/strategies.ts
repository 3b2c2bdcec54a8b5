import type { Signal } from '../domain/lifecycle/signals.ts';
import type { Policy } from '../domain/project.ts';

/** A way to keep a model: a policy of production, and how much of it is obeyed. */
export interface Strategy {
  readonly name: string;
  readonly policy: Policy;
  /** Without monitoring nothing ever follows the first champion. */
  readonly monitors: boolean;
  /** Without a gate every challenger is promoted, as a cron job would. */
  readonly isGated: boolean;
  readonly hears: (signal: Signal) => boolean;
}

export const defaultStrategies: readonly string[] = ['never', 'every:4', 'every:1', 'adwin', 'policy'];

/** Throws where the name is none of never, every:K, adwin, policy. */
export function planStrategy(name: string, policy: Policy, blockRows: number): Strategy {
  if (name === 'policy') return { name, policy: unattended(policy), monitors: true, isGated: true, hears: () => true };
  if (name === 'never') return { name, policy: unattended(policy), monitors: false, isGated: true, hears: () => false };
  if (name === 'adwin') {
    const hears = ({ sources }: Signal): boolean => sources?.includes('adwin') ?? false;
    return { name, policy: withoutJudgement(policy, null), monitors: true, isGated: false, hears };
  }
  const blocks = Number(/^every:(\d+)$/.exec(name)?.[1]);
  if (blocks >= 1) {
    const naive = withoutJudgement(policy, blocks * blockRows);
    return { name, policy: naive, monitors: true, isGated: false, hears: () => false };
  }
  throw new Error(`"${name}" is no policy to replay: choose among never, every:K (K blocks), adwin, policy`);
}

/** No prediction service serves here, and nobody is there to say whether a model that loses to a baseline may serve. */
function unattended(policy: Policy): Policy {
  return {
    ...policy,
    gate: { ...policy.gate, baselines: 'report' },
    serving: { ...policy.serving, minReplicas: 0 },
  };
}

/** Retrains whenever called, promotes whatever comes of it, and never looks back. */
function withoutJudgement(policy: Policy, everyRows: number | null): Policy {
  const { retrain, snapshot, quality, triage, gate, probation, rollback } = policy;
  const never = { minRows: Number.MAX_SAFE_INTEGER };
  return {
    ...unattended(policy),
    retrain: {
      ...retrain,
      cooldown: { rows: 1 },
      minFreshLabels: 1,
      budget: { trainings: 1, per: { rows: 1 } },
      every: everyRows === null ? null : { rows: everyRows },
    },
    snapshot: { ...snapshot, holdoutShare: 0.001 },
    challenger: { blendMembers: 1, blendVersions: 0, refit: false, follow: false, followLabels: 1 },
    quality: { ...quality, ...never },
    triage: { ...triage, ...never },
    gate: { ...gate, baselines: 'report', minRows: 30 },
    probation: { ...probation, alpha: 1e-9, margin: 1, minLabels: 1, horizonLabels: 1, blockLabels: 1 },
    rollback: { ...rollback, maxRollbacks: Number.MAX_SAFE_INTEGER },
  };
}
