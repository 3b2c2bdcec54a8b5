import { defaultPolicy } from '../default-policy.ts';
import type { Policy } from '../project.ts';
import { initialState, type LifecycleState } from './state.ts';

/** A policy as a lifecycle, a ledger or a person keeps it: what has been added to policies since may be absent. */
export type KeptPolicy = { readonly [Part in keyof Policy]?: Partial<Policy[Part]> };

/** What a kept policy doesn't say is as it would be in a new project. Everybody else may rely on a policy's being whole. */
export function completePolicy(kept: KeptPolicy): Policy {
  const parts = Object.keys(defaultPolicy) as (keyof Policy)[];
  return Object.fromEntries(
    parts.map((part) => [part, { ...defaultPolicy[part], ...kept[part] }]),
  ) as unknown as Policy;
}

/** What a state that an earlier run left doesn't say is as at the beginning of a life. */
export function completeState(kept: LifecycleState): LifecycleState {
  const begun = initialState(kept.model, completePolicy(kept.policy));
  return { ...begun, ...kept, policy: begun.policy, totals: { ...begun.totals, ...kept.totals } };
}
