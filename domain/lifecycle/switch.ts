import { noAliases, type Aliases } from './aliases.ts';
import type { FollowProposal } from '../following/proposal.ts';
import type { CanaryStep } from './canary.ts';
import type { Interrupted } from './following.ts';

/**
 * A planned move of the aliases. `before` and `after` are fixed when the intent is recorded, so that every step can be
 * repeated and the whole can be undone from any point.
 */
export interface Switch {
  readonly kind: 'promotion' | 'canary' | 'follow' | 'rollback' | 'undo';
  readonly decisionId: string;
  readonly before: Aliases;
  readonly after: Aliases;
  readonly reason: string;
  /** `policy`, `probation`, or the operator's name. */
  readonly by: string;
  /** Where it is part of a promotion by steps. */
  readonly canary?: CanaryStep;
  /** Where the champion follows the labels: its new shares, and the probation that goes on. */
  readonly follow?: { readonly proposal: FollowProposal; readonly during: Interrupted | null };
}

export type SwitchStep =
  | 'record-intent'
  | 'stage'
  | 'verify-staged'
  | 'set-previous'
  | 'set-champion'
  | 'set-share'
  | 'verify-share'
  | 'verify-serving'
  | 'clear-challenger';

/** `previous` moves before `champion`: whoever dies between them leaves the old champion serving and a way back. */
const promotionSteps: readonly SwitchStep[] = [
  'record-intent',
  'stage',
  'verify-staged',
  'set-previous',
  'set-champion',
  'verify-serving',
  'clear-challenger',
];

/** The deposed champion stays where it is: the probation goes on against it. */
const followSteps: readonly SwitchStep[] = promotionSteps.filter((step) => step !== 'set-previous');

/** `champion` moves first: every second counts, and the target is already loaded as the shadow. */
const rollbackSteps: readonly SwitchStep[] = [
  'record-intent',
  'verify-staged',
  'set-champion',
  'set-previous',
  'clear-challenger',
  'verify-serving',
];

/** An undo asks no replica's leave: what it returns to is what served before. */
const undoSteps: readonly SwitchStep[] = [
  'record-intent',
  'set-champion',
  'set-previous',
  'clear-challenger',
  'verify-serving',
];

/** The challenger is loaded everywhere before the first request may ask it. */
const canarySteps: readonly SwitchStep[] = ['record-intent', 'stage', 'verify-staged', 'set-share', 'verify-share'];

/** No champion moves: it answers everything again from the moment that the share is gone. */
const canaryEndSteps: readonly SwitchStep[] = ['record-intent', 'set-share', 'clear-challenger', 'verify-serving'];

export function stepsOf(plan: Switch): readonly SwitchStep[] {
  switch (plan.kind) {
    case 'canary':
      return canarySteps;
    case 'promotion':
      // The share goes when the challenger is champion: nobody is sent back and forth between the two.
      return plan.canary === undefined ? promotionSteps : insertAfter(promotionSteps, 'set-champion', 'set-share');
    case 'follow':
      return followSteps;
    case 'rollback':
      return plan.canary === undefined ? rollbackSteps : canaryEndSteps;
    case 'undo':
      return plan.canary === undefined ? undoSteps : insertAfter(undoSteps, 'set-champion', 'set-share');
  }
}

function insertAfter(steps: readonly SwitchStep[], step: SwitchStep, added: SwitchStep): readonly SwitchStep[] {
  return steps.flatMap((one) => (one === step ? [one, added] : [one]));
}

/** The step after `step`, or null at the end. */
export function stepAfter(plan: Switch, step: SwitchStep): SwitchStep | null {
  const steps = stepsOf(plan);
  return steps[steps.indexOf(step) + 1] ?? null;
}

export function planPromotion(
  aliases: Aliases,
  version: string,
  decision: Pick<Switch, 'decisionId' | 'reason' | 'by'>,
): Switch {
  const after = { ...noAliases, champion: version, previous: aliases.champion };
  return { kind: 'promotion', before: aliases, after, ...decision };
}

/**
 * Back to `previous`. Where the rollback takes back the last promotion, `previous` returns to what it was before that;
 * otherwise nothing is left to fall back to.
 */
export function planRollback(
  aliases: Aliases,
  lastPromotion: Switch | null,
  decision: Pick<Switch, 'decisionId' | 'reason' | 'by'>,
): Switch {
  const takesBack = lastPromotion !== null && lastPromotion.after.champion === aliases.champion;
  const previous = takesBack ? lastPromotion.before.previous : null;
  return {
    kind: 'rollback',
    before: aliases,
    after: { ...noAliases, champion: aliases.previous, previous },
    ...decision,
  };
}

export function planUndo(failed: Switch, reason: string): Switch {
  return {
    kind: 'undo',
    decisionId: `${failed.decisionId}-undo`,
    before: failed.after,
    after: { ...failed.before, challenger: null },
    reason,
    by: 'policy',
    ...(failed.canary === undefined ? {} : { canary: { ...failed.canary, share: null } }),
    ...(failed.follow === undefined ? {} : { follow: failed.follow }),
  };
}
