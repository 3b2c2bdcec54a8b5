import { join } from 'node:path';
import type { Snapshot } from '../adapters/ports/store.ts';
import { lossesOf } from '../domain/calibration/loss.ts';
import { lossUnit } from '../domain/calibration/profile.ts';
import type { RetrainResult } from '../domain/lifecycle/results.ts';
import { taskOf, type Predictions } from '../domain/task.ts';
import { blendId } from '../domain/blend/policy.ts';
import { retrainingReport } from '../domain/report/kind.ts';
import type { Dependencies } from './dependencies.ts';
import { exportPackage } from './export-package.ts';
import { withHeartbeat } from './heartbeat.ts';
import { currentScope } from './scope.ts';
import { verdictOf, writeCard } from './write-card.ts';
import type { RefitRequest } from './types.ts';

/**
 * Registers what passed the gate anew, with the networks that were trained once more on all rows of the snapshot. What the holdout
 * showed of the examined version is what is promised of this one. A refit that knows the holdout's rows and is still worse on them
 * went wrong: the examined version stays.
 */
export async function adoptRefit(deps: Dependencies, request: RefitRequest): Promise<RetrainResult> {
  return await withHeartbeat(async () => {
    const { examined } = request;
    // Nobody trains on them any more.
    await deps.runtime.endRun(join(deps.workDirectory, request.decisionId));
    const { model } = request.project;
    const { version, snapshotId } = examined;
    if (version === null || snapshotId === null || request.refits.length === 0) return examined;
    const snapshot = await deps.store.getSnapshot(model, snapshotId);
    const from = await deps.registry.fetchPackage(model, version);
    const to = await assemble(deps, request, snapshot, from);
    const excess = await excessLoss(deps, snapshot, from, to);
    if (!(excess <= request.policy.gate.margin)) {
      return { ...examined, reason: `${examined.reason}; its refit on all rows went wrong and is left out` };
    }
    await complete(deps, from, to);
    const evidence = await readEvidence(deps, model, request.decisionId);
    const card = { verdict: verdictOf(examined), evidence, refitRows: snapshot.rowCount };
    await writeCard(deps, { ...request, packageDirectory: to, ...card });
    const registered = await register(deps, request, version, to);
    const rows = snapshot.rowCount.toLocaleString('en-US');
    return { ...examined, version: registered, reason: `${examined.reason}; then trained on all ${rows} rows` };
  });
}

/** The new network; in a blend, each new one in the place of its examined self, with its share. */
async function assemble(
  { packages, runtime, workDirectory }: Dependencies,
  { decisionId, refits }: RefitRequest,
  snapshot: Snapshot,
  from: string,
): Promise<string> {
  const blend = await packages.readBlend(from);
  if (blend === null) return refits[0]!.packageDirectory;
  const members = blend.members.map(({ directory, weight, candidateId, snapshotId }) => {
    const refit = refits.find((one) => snapshotId === snapshot.id && one.candidateId === candidateId);
    return { packageDirectory: refit?.packageDirectory ?? join(from, directory), weight };
  });
  const job = {
    candidateId: blendId,
    parts: { kind: 'given' as const, members },
    snapshot,
    range: snapshot.split.holdout,
    workDirectory: join(workDirectory, decisionId, 'refit'),
  };
  const made = await runtime.blend(job, currentScope().signal);
  if (made === null) throw new Error('the refit blend has no members');
  return made.packageDirectory;
}

/** Mean loss of the refit minus that of the examined one on the holdout; in labels' variances for values. */
async function excessLoss({ runtime, store }: Dependencies, snapshot: Snapshot, from: string, to: string) {
  const { holdout } = snapshot.split;
  const { labels } = await store.readSnapshot(snapshot, holdout);
  const { signal } = currentScope();
  const [before, after] = await Promise.all(
    [from, to].map((packageDirectory) => runtime.score(packageDirectory, snapshot, holdout, signal)),
  );
  const task = taskOf(snapshot.schema);
  const meanLoss = (predictions: Predictions): number =>
    lossesOf(task, labels, predictions).reduce((sum, loss) => sum + loss, 0) / labels.length;
  return (meanLoss(after!) - meanLoss(before!)) / lossUnit(task, labels);
}

/** What the examined one has shown is all that is known of this one. */
async function readEvidence({ reports }: Dependencies, model: string, decisionId: string) {
  if (reports === null) return null;
  return await reports.readEvidence(model, { ...retrainingReport(decisionId), kind: 'retraining' }).catch(() => null);
}

async function complete({ packages }: Dependencies, from: string, to: string): Promise<void> {
  await packages.writeReference(to, await packages.readReference(from));
  await packages.writeScores(to, await packages.readScores(from));
  const importances = await packages.readImportances(from);
  if (importances !== null) await packages.writeImportances(to, importances);
  const answers = await packages.readAnswers(from);
  if (answers !== null) await packages.writeAnswers(to, answers);
  const contract = await packages.readContract(from);
  if (contract !== null) await packages.writeContract(to, contract);
}

async function register(
  deps: Dependencies,
  { project: { model }, decisionId }: RefitRequest,
  examined: string,
  packageDirectory: string,
): Promise<string> {
  const { registry, packages } = deps;
  const { tags } = await registry.getVersion(model, examined);
  const { parameters } = await packages.readSignature(packageDirectory);
  const exported = await exportPackage(deps, packageDirectory);
  const { version } = await registry.register({
    model,
    idempotencyKey: `${decisionId}/refit`,
    packageDirectory,
    tags: { ...tags, parameters: String(parameters), refitOf: examined, ...exported },
  });
  return version;
}
