import {
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ProbationLook } from '../activities/types.ts';
import { completePolicy } from '../domain/lifecycle/kept-state.ts';
import type { ProbationResult } from '../domain/lifecycle/results.ts';
import {
  lifecycleId,
  lookSignal,
  pingSignal,
  probationFinishedSignal,
  progressQuery,
  type ProbationInput,
} from './messages.ts';
import { control } from './proxies.ts';

/**
 * Watches a promotion until its outcomes decide: looks whenever the lifecycle says that labels may have come. A long
 * silence is never success: it is handed to a person.
 */
export async function probation(input: ProbationInput): Promise<ProbationResult> {
  let { progress } = input;
  let asked = true;
  let isWaitedFor = false;
  let looks = 0;
  let summary = 'no label yet';
  setHandler(pingSignal, () => undefined);
  const hear = (message?: { readonly isWaitedFor: boolean }): void => {
    asked = true;
    isWaitedFor = message?.isWaitedFor ?? false;
  };
  setHandler(lookSignal, hear, { description: 'Look at the labels that have come' });
  setHandler(progressQuery, () => ({ looks, summary }));

  const { project, decisionId, champion, previous, afterId = null } = input;
  const policy = completePolicy(input.policy);
  while (!workflowInfo().continueAsNewSuggested) {
    asked = false;
    const request = { project, policy, decisionId, champion, previous, progress, afterId, isWaitedFor };
    const look = await control.lookAtProbation(request);
    progress = look.progress;
    looks += 1;
    summary = look.verdict.reason;
    setCurrentDetails(describeLook(input, look));
    if (look.verdict.outcome !== 'continue') {
      const { outcome, reason, checks, worldChanged } = look.verdict;
      return await tell(input, { outcome, reason, checks, worldChanged, lastId: progress.lastId });
    }
    const heard = await condition(() => asked, policy.monitor.silenceMs, { summary: 'waiting for labels' });
    if (!heard) return await tell(input, silence(look.verdict));
  }
  return await continueAsNew<typeof probation>({ ...input, progress });
}

async function tell(input: ProbationInput, result: ProbationResult): Promise<ProbationResult> {
  const lifecycle = getExternalWorkflowHandle(lifecycleId(input.project.model));
  await lifecycle.signal(probationFinishedSignal, { decisionId: input.decisionId, result });
  return result;
}

function silence({ reason, checks, worldChanged }: ProbationLook['verdict']): ProbationResult {
  const stopped = `labels have stopped coming; until then: ${reason}`;
  return { outcome: 'inconclusive', reason: stopped, checks, worldChanged };
}

function describeLook(input: ProbationInput, look: ProbationLook): string {
  const rows = look.verdict.checks.map((check) => `| ${check.name} | ${check.outcome} | ${check.reason} |`);
  return [
    `## Version ${input.champion} on probation against version ${input.previous}`,
    '',
    `**${look.verdict.outcome}**: ${look.verdict.reason}`,
    '',
    '| check | outcome | |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}
