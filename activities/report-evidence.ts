import type { TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import type { Snapshot } from '../adapters/ports/store.ts';
import type { Importances } from '../domain/explain/importances.ts';
import type { GateEvidence } from '../domain/gate/evidence.ts';
import { judgeDrift } from '../domain/drift/judge.ts';
import { compareFeatures } from '../domain/monitoring/judge-inputs.ts';
import { compareModels } from '../domain/report/comparison.ts';
import { summarizeDrift, type DriftSummary } from '../domain/report/drift-summary.ts';
import type { CandidateLine, MemberLine, RetrainingEvidence } from '../domain/report/evidence.ts';
import { retrainingReport } from '../domain/report/kind.ts';
import { thin } from '../domain/report/thin.ts';
import type { Choice } from './choose-challenger.ts';
import type { Dependencies } from './dependencies.ts';
import { describeData } from './describe-data.ts';
import type { ExamRows } from './prepare-exam.ts';
import { currentScope } from './scope.ts';
import type { GateRequest } from './types.ts';

/** What the gate has at hand when it has judged. */
export interface Judged {
  readonly exam: ExamRows;
  readonly choice: Choice;
  readonly championPackage: string | null;
  readonly evidence: GateEvidence;
  readonly importances: Importances | null;
}

/** Keeps what the decision's report will show. A report that can't be made never fails a decision: null then. */
export async function keepReportEvidence(
  deps: Dependencies,
  request: GateRequest,
  judged: Judged,
): Promise<RetrainingEvidence | null> {
  if (deps.reports === null) return null;
  const { decisionId, project } = request;
  try {
    const evidence = await gather(deps, request, judged);
    await deps.reports.keepEvidence(project.model, { ...retrainingReport(decisionId), kind: 'retraining' }, evidence);
    return evidence;
  } catch (error) {
    currentScope().warn('the evidence of a report could not be kept', { decisionId, error });
    return null;
  }
}

async function gather(deps: Dependencies, request: GateRequest, judged: Judged): Promise<RetrainingEvidence> {
  const { exam, choice, evidence, importances } = judged;
  const { snapshot } = exam;
  return {
    kind: 'retraining',
    gatheredAtMs: Date.now(),
    champion: request.champion,
    comparison: compareModels(evidence, snapshot.schema.classes),
    drift: await describeDrift(deps, request, judged),
    importances,
    candidates: await Promise.all(request.trained.map((one) => describeCandidate(deps, one, choice.chosen))),
    ...(request.search && { search: request.search }),
    members: await listMembers(deps, choice.chosen, snapshot),
    data: await describeData(deps, request, exam),
    costs: choice.costs,
  };
}

/** The holdout against what the champion learned from: the newest rows there are. */
async function describeDrift(
  { packages }: Dependencies,
  { policy }: GateRequest,
  { championPackage, evidence: { inputs } }: Judged,
): Promise<DriftSummary | null> {
  if (championPackage === null || !inputs) return null;
  const features = compareFeatures(await packages.readReference(championPackage), inputs);
  return summarizeDrift(judgeDrift({ features }, policy.drift), features);
}

async function describeCandidate(
  { packages }: Dependencies,
  one: TrainedCandidate,
  { candidateId }: TrainedCandidate,
): Promise<CandidateLine> {
  const { parameters, validationLoss, epochs, bestEpoch, trainSeconds } = one;
  const curve = thin(await packages.readTrainingCurve(one.packageDirectory));
  const isChosen = one.candidateId === candidateId;
  return { id: one.candidateId, isChosen, parameters, validationLoss, epochs, bestEpoch, trainSeconds, curve };
}

async function listMembers(
  { packages }: Dependencies,
  { packageDirectory }: TrainedCandidate,
  { id }: Snapshot,
): Promise<readonly MemberLine[]> {
  const blend = await packages.readBlend(packageDirectory);
  return (blend?.members ?? []).map(({ candidateId, weight, snapshotId }) => ({
    candidateId,
    weight,
    isOfThisRun: snapshotId === id,
  }));
}
