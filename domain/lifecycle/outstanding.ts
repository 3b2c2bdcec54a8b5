import type { Command } from './events.ts';
import { inQuarantine } from './quarantine.ts';
import type { LifecycleState, Stage } from './state.ts';

/** Names a stage apart from every other, so that entering it can be told from staying in it. */
export function stageKey(stage: Stage): string {
  if (stage.name === 'switching') return `switching/${stage.plan.decisionId}/${stage.step}`;
  return 'decisionId' in stage ? `${stage.name}/${stage.decisionId}` : stage.name;
}

/**
 * The work that the present stage waits for. Derived from the state alone: a shell that lost what it was doing asks
 * for it again and repeats it, which is harmless.
 */
export function outstanding(state: LifecycleState): readonly Command[] {
  const { stage } = state;
  switch (stage.name) {
    case 'triaging':
      return [{ type: 'triage', decisionId: stage.decisionId, signals: stage.signals }];
    case 'retraining':
      return [
        {
          type: 'startRetrain',
          mode: stage.mode,
          decisionId: stage.decisionId,
          signals: stage.signals,
          trainingData: stage.trainingData,
          freshAfterKey: state.lastKey,
          quarantined: inQuarantine(state).map(({ version }) => version),
          exams: state.exams,
        },
      ];
    case 'following':
      return [{ type: 'follow', decisionId: stage.decisionId, proposal: stage.proposal }];
    case 'switching':
      return [{ type: 'runStep', plan: stage.plan, step: stage.step }];
    case 'probation':
      return [{ type: 'startProbation', decisionId: stage.decisionId, plan: stage.plan, afterId: null }];
    case 'canary':
      return [{ type: 'startProbation', decisionId: stage.decisionId, plan: stage.plan, afterId: stage.afterId }];
    case 'starting':
      return [{ type: 'readAliases' }];
    case 'serving':
    case 'awaiting-approval':
      return [];
  }
}
