import { join } from 'node:path';
import type { TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import type { Snapshot } from '../adapters/ports/store.ts';
import { gatherAnswerFacts } from '../domain/answers/facts.ts';
import { measureScores } from '../domain/calibration/profile.ts';
import { isRecalibrated } from '../domain/calibration/recalibrated.ts';
import { chooseGateBlockRows, formBlocks } from '../domain/gate/blocks.ts';
import type { ServingCost } from '../domain/gate/cost/serving-cost.ts';
import type { GateEvidence } from '../domain/gate/evidence.ts';
import { judgeGate } from '../domain/gate/judge.ts';
import { defaultGatePolicy, type GatePolicy } from '../domain/gate/policy.ts';
import type { RetrainResult } from '../domain/lifecycle/results.ts';
import { mayLend } from '../domain/following/lender.ts';
import { weightsOf, type Importances } from '../domain/explain/importances.ts';
import { buildReference } from '../domain/monitoring/reference.ts';
import type { MonitorPolicy } from '../domain/policy.ts';
import { inferContract } from '../domain/quality/infer-contract.ts';
import { isWarm } from '../domain/search/warm-start.ts';
import type { Verdict } from '../domain/verdict.ts';
import { chooseChallenger, type Choice } from './choose-challenger.ts';
import type { Dependencies } from './dependencies.ts';
import { exportPackage } from './export-package.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { withHeartbeat } from './heartbeat.ts';
import { holdGoldenExam } from './hold-golden-exam.ts';
import { measureImportances } from './measure-importances.ts';
import { prepareExam, type ExamRows } from './prepare-exam.ts';
import { keepReportEvidence } from './report-evidence.ts';
import { writeCard } from './write-card.ts';
import type { GateRequest } from './types.ts';

/**
 * Chooses the challenger on validation, lets it face the champion on the holdout, and registers it with its verdict.
 * Only the chosen one sees the holdout, once.
 */
export async function faceChampion(deps: Dependencies, request: GateRequest): Promise<RetrainResult> {
  return await withHeartbeat(async () => {
    const { project, champion } = request;
    const snapshot = await deps.store.getSnapshot(project.model, request.snapshotId);
    // Nobody trains on them any more.
    await deps.runtime.endRun(join(deps.workDirectory, request.decisionId));
    const championPackage = champion === null ? null : await deps.registry.fetchPackage(project.model, champion);
    // While a process measures what the candidates cost, this one looks at the exam.
    const [choice, exam] = await Promise.all([
      chooseChallenger(deps, request.trained, snapshot, championPackage),
      prepareExam(deps, request, snapshot),
    ]);
    const { chosen } = choice;
    const golden = await holdGoldenExam(deps, request, snapshot.schema, {
      challenger: chosen.packageDirectory,
      champion: championPackage,
    });
    const evidence = await gatherEvidence(deps, request, { exam, choice, championPackage, golden });
    const policy = gatePolicyFor(chosen, request.policy.gate);
    const blockRows = chooseGateBlockRows(evidence, policy);
    const verdict = judgeGate({ ...evidence, ...formBlocks(evidence.labels.length, blockRows) }, policy);
    const { seed } = request.policy.gate;
    const [importances] = await Promise.all([
      measureImportances(deps, { chosen, snapshot, verdict, seed }),
      saveFacts(deps, chosen, exam, evidence, request.policy.monitor),
    ]);
    await saveReference(deps, chosen, exam, evidence, importances);
    const kept = await keepReportEvidence(deps, request, { exam, choice, championPackage, evidence, importances });
    const { packageDirectory } = chosen;
    await writeCard(deps, { ...request, packageDirectory, verdict, evidence: kept, refitRows: null });
    const networks = await listNetworks(deps, chosen, snapshot);
    const warm = warmTags(request, networks);
    // Probation takes as many labels for one piece of evidence.
    const more = { blockRows: String(blockRows), ...warm };
    const version = await register(deps, request, choice, verdict, more);
    const search = request.search ? { search: request.search } : {};
    const result = { ...describeResult(request, chosen, snapshot, verdict, version), networks, ...search };
    return golden === null || golden.state === null ? result : { ...result, golden: golden.state };
  });
}

/** A new calibrator shows in the probabilities; the answers are those of the champion. */
function gatePolicyFor({ candidateId }: TrainedCandidate, policy: GatePolicy): GatePolicy {
  // A lifecycle that began under an older release lacks what was added since.
  const full = { ...defaultGatePolicy, ...policy };
  return isRecalibrated(candidateId) ? { ...full, primary: 'either' } : full;
}

/** What its answers are worth, and what rows like those it knows look like, travels with a version. */
async function saveFacts(
  { packages }: Dependencies,
  { packageDirectory }: TrainedCandidate,
  { snapshot: { schema }, seen }: ExamRows,
  { task, labels, challenger: outputs, utility }: GateEvidence,
  { windowRows }: MonitorPolicy,
): Promise<void> {
  const scores = measureScores(task, { labels, predictions: outputs }, utility);
  await Promise.all([
    packages.writeScores(packageDirectory, scores),
    packages.writeAnswers(packageDirectory, gatherAnswerFacts({ task, schema, inputs: seen.table, outputs, labels })),
    packages.writeContract(packageDirectory, inferContract({ schema, ...seen }, windowRows)),
  ]);
}

/** And what its live inputs will be compared with. */
async function saveReference(
  { packages }: Dependencies,
  { packageDirectory }: TrainedCandidate,
  { snapshot: { schema }, seen, holdout }: ExamRows,
  { task, labels, challenger: outputs }: GateEvidence,
  importances: Importances | null,
): Promise<void> {
  const owed = importances === null ? {} : { importances: weightsOf(importances) };
  const facts = { task, schema, inputs: seen.table, holdoutInputs: holdout.table, outputs, labels, ...owed };
  await packages.writeReference(packageDirectory, buildReference(facts));
}

async function register(
  deps: Dependencies,
  { project, decisionId, snapshotId }: GateRequest,
  { chosen, costs }: Choice,
  verdict: Verdict,
  more: Readonly<Record<string, string>>,
): Promise<string> {
  const exported = await exportPackage(deps, chosen.packageDirectory);
  const { version } = await deps.registry.register({
    model: project.model,
    idempotencyKey: decisionId,
    packageDirectory: chosen.packageDirectory,
    tags: {
      decisionId,
      snapshotId,
      candidate: chosen.candidateId,
      gate: verdict.outcome,
      reason: verdict.reason,
      parameters: String(chosen.parameters),
      validationLoss: String(chosen.validationLoss),
      weightsSha256: chosen.weightsSha256,
      ...more,
      ...costTags(costs.challenger),
      ...exported,
    },
  });
  return version;
}

/** From which version's weights networks of the challenger began. */
function warmTags({ champion, trained }: GateRequest, networks: readonly string[]): Readonly<Record<string, string>> {
  const warm = trained.filter(
    ({ candidateId, scratchReason = null }) =>
      isWarm(candidateId) && scratchReason === null && networks.includes(candidateId),
  );
  return warm.length === 0 || champion === null ? {} : { warmStartedFrom: champion };
}

/** Which of this run's networks the challenger is made of. */
async function listNetworks(
  { packages }: Dependencies,
  { candidateId, packageDirectory }: TrainedCandidate,
  snapshot: Snapshot,
): Promise<readonly string[]> {
  const blend = await packages.readBlend(packageDirectory);
  if (blend === null) return isRecalibrated(candidateId) ? [] : [candidateId];
  return blend.members.filter(({ snapshotId }) => snapshotId === snapshot.id).map((member) => member.candidateId);
}

function costTags({ bytes, speed }: ServingCost): Record<string, string> {
  if (speed === null) return { bytes: String(bytes) };
  const { medianMs, p99Ms, rowsPerSecond } = speed;
  return {
    bytes: String(bytes),
    latencyMedianMs: medianMs.toFixed(3),
    latencyP99Ms: p99Ms.toFixed(3),
    rowsPerSecond: rowsPerSecond.toFixed(0),
  };
}

function describeResult(
  { fingerprint, trained, champion, policy }: GateRequest,
  chosen: TrainedCandidate,
  snapshot: Snapshot,
  verdict: Verdict,
  version: string,
): Omit<RetrainResult, 'networks'> {
  return {
    outcome: verdict.outcome,
    reason: `${chosen.candidateId}: ${verdict.reason}`,
    version,
    candidateId: chosen.candidateId,
    snapshotId: snapshot.id,
    fingerprint,
    lastKey: snapshot.lastKey,
    trainings: trained.length,
    checks: verdict.checks,
    ...(champion !== null && policy.challenger.follow && mayLend(verdict) ? { lends: true } : {}),
  };
}
