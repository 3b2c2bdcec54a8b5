import type { OutcomeRows } from '../adapters/ports/store.ts';
import { primaryLosses } from '../domain/gate/losses.ts';
import { judgeProbation } from '../domain/probation/judge.ts';
import { endForRetraining } from '../domain/probation/observe.ts';
import { initialProbation, type LossPair, type ProbationState } from '../domain/probation/state.ts';
import { beginTrace, tracePairs, type ProbationTrace } from '../domain/probation/trace.ts';
import { expectRisk } from '../domain/probation/validated-risk.ts';
import type { ProbationEvidence } from '../domain/report/evidence.ts';
import { probationReport, type ReportRef } from '../domain/report/kind.ts';
import type { Task } from '../domain/task.ts';
import type { Dependencies } from './dependencies.ts';
import { readExaminedOutcomes } from './examined-version.ts';
import { withHeartbeat } from './heartbeat.ts';
import { countMature } from './label-ages.ts';
import { holdLog } from './remove-expired.ts';
import { currentScope } from './scope.ts';
import type { ProbationLook, ProbationProgress, ProbationRequest } from './types.ts';

/** Takes in the labels that have matured since the last look, in prediction order, and says what they show so far. */
export async function lookAtProbation(deps: Dependencies, request: ProbationRequest): Promise<ProbationLook> {
  return await withHeartbeat(async () => {
    const { project, policy, champion } = request;
    const packageDirectory = await deps.registry.fetchPackage(project.model, champion);
    const { schema, task } = await deps.packages.readSignature(packageDirectory);
    const progress = request.progress ?? (await begin(deps, request, task, packageDirectory));
    const seen = progress.lastId ?? request.afterId;
    const after = seen === null ? {} : { afterId: seen };
    const outcomes = await readExaminedOutcomes(deps, { model: project.model, schema, ...after });
    const mature = await countMature(deps.store, { model: project.model, schema }, outcomes, policy.monitor);
    const pairs = pairLosses(task, outcomes, mature, request);
    const earlier = await readTrace(deps, request, progress.state);
    const { trace, state: observed } = tracePairs(progress.state, pairs, earlier);
    const state = request.isWaitedFor ? endForRetraining(observed) : observed;
    const lastId = outcomes.ids[mature - 1] ?? progress.lastId;
    const verdict = judgeProbation(state);
    const { decisionId } = request;
    await holdLog(deps, project.model, { decisionId, afterId: lastId ?? seen }, verdict.outcome !== 'continue');
    await keepEvidence(deps, request, { state, verdict, trace });
    return { progress: { lastId, state }, verdict, newLabels: pairs.length };
  });
}

/** Losses of regression models are scaled by what the predecessor was seen to lose on the holdout. */
async function begin(
  { packages, registry }: Dependencies,
  { project, policy, champion }: ProbationRequest,
  task: Task,
  packageDirectory: string,
): Promise<ProbationProgress> {
  const reference = await packages.readReference(packageDirectory);
  const lossScale = task === 'regression' ? reference.lossScale : 1;
  const { tags } = await registry.getVersion(project.model, champion);
  const blockRows = Number(tags.blockRows ?? 1);
  const state = initialProbation(policy.probation, task, lossScale, blockRows);
  return { lastId: null, state: reference.holdout ? expectRisk(state, reference.holdout) : state };
}

function refOf({ decisionId }: ProbationRequest): ReportRef & { kind: 'probation' } {
  return { ...probationReport(decisionId), kind: 'probation' };
}

/** What was known on the way so far; only the report and the dashboard miss it where it is lost. */
async function readTrace(
  { reports }: Dependencies,
  request: ProbationRequest,
  state: ProbationState,
): Promise<ProbationTrace> {
  if (request.progress === null || reports === null) return beginTrace(state);
  const kept = await reports.readEvidence(request.project.model, refOf(request)).catch(() => null);
  return kept?.trace ?? beginTrace(state);
}

/** For people to look at; a look never fails for it. */
async function keepEvidence(
  { reports }: Dependencies,
  request: ProbationRequest,
  seen: Pick<ProbationEvidence, 'state' | 'verdict' | 'trace'>,
): Promise<void> {
  const { champion, previous, decisionId } = request;
  const evidence = { kind: 'probation', lookedAtMs: Date.now(), champion, previous, ...seen } as const;
  try {
    await reports?.keepEvidence(request.project.model, refOf(request), evidence);
  } catch (error) {
    currentScope().warn('what a probation saw could not be kept for its report', { decisionId, error });
  }
}

/** Rows that the one answered and the other scored in the shadow: while a canary is open, either may have answered. */
function pairLosses(
  task: Task,
  outcomes: OutcomeRows,
  mature: number,
  { champion, previous }: ProbationRequest,
): readonly LossPair[] {
  const answered = primaryLosses(task, outcomes.labels, outcomes.outputs);
  const shadowed = primaryLosses(task, outcomes.labels, outcomes.shadowOutputs);
  const pairs: LossPair[] = [];
  for (let row = 0; row < mature; row += 1) {
    const [version, shadowVersion] = [outcomes.versions[row], outcomes.shadowVersions[row]];
    const isNewServing = version === champion && shadowVersion === previous;
    const isNewInShadow = version === previous && shadowVersion === champion;
    if (!(isNewServing || isNewInShadow) || Number.isNaN(outcomes.labels[row])) continue;
    const [newLosses, oldLosses] = isNewServing ? [answered, shadowed] : [shadowed, answered];
    pairs.push({ newLoss: newLosses[row] ?? 0, oldLoss: oldLosses[row] ?? 0 });
  }
  return pairs;
}
