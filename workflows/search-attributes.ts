import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import type { LifecycleState } from '../domain/lifecycle/state.ts';

export const modelAttribute = defineSearchAttributeKey('IncumbentModel', 'KEYWORD');
export const phaseAttribute = defineSearchAttributeKey('IncumbentPhase', 'KEYWORD');
export const championAttribute = defineSearchAttributeKey('IncumbentChampion', 'KEYWORD');

function phase(state: LifecycleState): string {
  return state.paused === null ? state.stage.name : 'paused';
}

/** Only what changed: every upsert is an event of the history. */
export function searchAttributes(before: LifecycleState | null, state: LifecycleState): SearchAttributeUpdatePair[] {
  const pairs: SearchAttributeUpdatePair[] = [];
  if (before === null) pairs.push({ key: modelAttribute, value: state.model });
  if (before === null || phase(before) !== phase(state)) pairs.push({ key: phaseAttribute, value: phase(state) });
  const champion = state.aliases.champion;
  if (champion !== null && before?.aliases.champion !== champion)
    pairs.push({ key: championAttribute, value: champion });
  return pairs;
}
