import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../../domain/default-policy.ts';
import { completePolicy, completeState } from '../../../domain/lifecycle/kept-state.ts';
import { initialState, type LifecycleState } from '../../../domain/lifecycle/state.ts';
import { testPolicy } from '../../support/policy.ts';
import { onProbation } from '../../support/lifecycle.ts';

describe('what an earlier release kept', () => {
  it('of a policy is completed by the defaults, part by part and field by field', () => {
    const { versions: _versions, promotion: _promotion, ...older } = testPolicy;
    const { follow: _follow, ...challenger } = testPolicy.challenger;
    const policy = completePolicy({ ...older, challenger });
    expect(policy).toEqual({
      ...testPolicy,
      versions: defaultPolicy.versions,
      promotion: defaultPolicy.promotion,
      challenger: { ...challenger, follow: defaultPolicy.challenger.follow },
    });
    expect(completePolicy({})).toEqual(defaultPolicy);
  });

  it('of a state is completed as a life begins, its policy and totals too', () => {
    const { state } = onProbation();
    const { exams: _exams, following: _following, unremoved: _unremoved, unhelpedCalls: _calls, ...older } = state;
    const { followed: _followed, ...totals } = state.totals;
    const { log: _log, ...policy } = state.policy;
    const kept = { ...older, totals, policy } as unknown as LifecycleState;
    const { exams, following, unremoved, unhelpedCalls } = initialState(state.model, testPolicy);
    expect(completeState(kept)).toEqual({
      ...state,
      exams,
      following,
      unremoved,
      unhelpedCalls,
      totals: { ...state.totals, followed: 0 },
      policy: { ...state.policy, log: defaultPolicy.log },
    });
  });

  it('is changed in nothing where it is whole', () => {
    const { state } = onProbation();
    expect(completeState(state)).toEqual(state);
    expect(completePolicy(testPolicy)).toEqual(testPolicy);
  });
});
