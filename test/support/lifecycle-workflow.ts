import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ProbationLook } from '../../activities/types.ts';
import { initialProbation } from '../../domain/probation/state.ts';
import { lifecycle } from '../../workflows/lifecycle.ts';
import { controlQueue, lifecycleId, statusQuery, type LifecycleStatus } from '../../workflows/messages.ts';
import { testPolicy } from './policy.ts';

const project = { model: 'electricity', directory: 'examples/electricity' };
export const ada = { by: 'ada', reason: 'because' };
export const firstDecision = 'electricity-0001';

export async function start(
  env: TestWorkflowEnvironment,
  policy = testPolicy,
): Promise<WorkflowHandle<typeof lifecycle>> {
  return await env.client.workflow.start(lifecycle, {
    workflowId: lifecycleId(project.model),
    taskQueue: controlQueue,
    args: [{ project, policy }],
  });
}

export async function until(
  env: TestWorkflowEnvironment,
  handle: WorkflowHandle<typeof lifecycle>,
  isReached: (status: LifecycleStatus) => boolean,
): Promise<LifecycleStatus> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const status = await handle.query(statusQuery);
    if (isReached(status)) return status;
    await env.sleep('100 milliseconds');
  }
  throw new Error(`never reached; it is ${JSON.stringify(await handle.query(statusQuery))}`);
}

export function look(outcome: ProbationLook['verdict']['outcome'], worldChanged: string | null = null): ProbationLook {
  const progress = { lastId: null, state: initialProbation(testPolicy.probation, 'binary') };
  return { progress, verdict: { outcome, reason: `it is ${outcome}`, checks: [], worldChanged }, newLabels: 10 };
}

export const promotionOrder = [
  'record-intent',
  'stage',
  'verify-staged',
  'set-previous',
  'set-champion',
  'verify-serving',
  'clear-challenger',
];
