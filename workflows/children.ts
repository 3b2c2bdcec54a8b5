import { getExternalWorkflowHandle, isCancellation, ParentClosePolicy, sleep, startChild } from '@temporalio/workflow';
import type { ProjectRef } from '../activities/types.ts';
import { contendersOf, watchPolicyOf } from '../domain/lifecycle/canary.ts';
import type { Command } from '../domain/lifecycle/events.ts';
import type { ProbationResult } from '../domain/lifecycle/results.ts';
import { describeError } from './describe-error.ts';
import type { Lifecycle } from './lifecycle.ts';
import { pingSignal, probationId, retrainId } from './messages.ts';
import { probation } from './probation.ts';
import { retrain } from './retrain.ts';

/** Between two questions whether a child of an earlier run still lives. */
const pingEveryMs = 60_000;
/** A child that ended has told its result before: this long is waited for it. */
const graceMs = 10_000;

type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;

export async function runRetrain(
  project: ProjectRef,
  lifecycle: Lifecycle,
  { mode, decisionId, signals, trainingData, freshAfterKey, quarantined, exams }: CommandOf<'startRetrain'>,
): Promise<void> {
  const { policy, aliases } = lifecycle.state();
  const champion = aliases.champion;
  try {
    const child = await startChild(retrain, {
      workflowId: retrainId(decisionId),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${mode === 'recalibrate' ? 'Recalibration' : 'Retraining'} ${decisionId}`,
      staticDetails: signals.map((signal) => `- **${signal.kind}**: ${signal.reason}`).join('\n'),
      args: [
        {
          project,
          policy,
          decisionId,
          mode,
          reasons: signals,
          trainingData,
          freshAfterKey,
          champion,
          quarantined,
          exams,
        },
      ],
    });
    const result = await child.result();
    lifecycle.tell({ type: 'retrainFinished', nowMs: Date.now(), decisionId, result });
  } catch (error) {
    if (isCancellation(error)) throw error;
    lifecycle.tell({ type: 'retrainFailed', nowMs: Date.now(), decisionId, reason: describeError(error) });
  }
}

export async function runProbation(
  project: ProjectRef,
  lifecycle: Lifecycle,
  { decisionId, plan, afterId }: CommandOf<'startProbation'>,
): Promise<void> {
  const { incoming: champion, outgoing: previous } = contendersOf(plan);
  if (champion === null || previous === null) return;
  const { policy } = lifecycle.state();
  const watched = { ...policy, probation: watchPolicyOf(policy, plan) };
  const what = plan.kind === 'canary' ? 'Canary' : 'Probation';
  try {
    const child = await startChild(probation, {
      workflowId: probationId(decisionId),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${what} of version ${champion} against version ${previous}`,
      args: [{ project, policy: watched, decisionId, champion, previous, progress: null, afterId }],
    });
    const result = await child.result();
    lifecycle.tell({ type: 'probationFinished', nowMs: Date.now(), decisionId, result });
  } catch (error) {
    tellProbationLost(lifecycle, decisionId, describeError(error));
  }
}

/** A watch that broke off has shown nothing: a person decides. A cancelled one ends here too, and the reducer ignores it. */
function tellProbationLost({ tell }: Lifecycle, decisionId: string, why: string): void {
  const reason = `the watch broke off: ${why}`;
  const result: ProbationResult = { outcome: 'inconclusive', reason, checks: [], worldChanged: null };
  tell({ type: 'probationFinished', nowMs: Date.now(), decisionId, result });
}

/**
 * A handle to a child doesn't survive continue-as-new. Children tell their result by signal; this finds out about one
 * that was terminated and can't.
 */
export async function watchChild(lifecycle: Lifecycle): Promise<void> {
  const { stage } = lifecycle.state();
  const why = 'its workflow was terminated or failed';
  if (stage.name === 'retraining') {
    const { decisionId } = stage;
    await untilGone(retrainId(decisionId));
    lifecycle.tell({ type: 'retrainFailed', nowMs: Date.now(), decisionId, reason: why });
  } else if (stage.name === 'probation' || stage.name === 'canary') {
    await untilGone(probationId(stage.decisionId));
    tellProbationLost(lifecycle, stage.decisionId, why);
  }
}

async function untilGone(workflowId: string): Promise<void> {
  const child = getExternalWorkflowHandle(workflowId);
  for (;;) {
    try {
      await child.signal(pingSignal);
    } catch {
      await sleep(graceMs, { summary: `last word of ${workflowId}` });
      return;
    }
    await sleep(pingEveryMs, { summary: `watching ${workflowId}` });
  }
}
