import type { TrainedCandidate } from '../../adapters/ports/model-runtime.ts';
import type { RunKey } from '../../adapters/ports/tracking.ts';
import type { Snapshot } from '../../adapters/ports/store.ts';
import type { RetrainResult } from '../../domain/lifecycle/results.ts';
import { rootDecision } from '../../domain/report/build.ts';
import type { Check } from '../../domain/verdict.ts';
import type { Dependencies } from '../dependencies.ts';
import type { BlendRequest, RecordRequest, SnapshotRequest, SnapshotTaken } from '../types.ts';
import { logNewPoints, metricName, tellRun } from './tell-run.ts';
import { tellResult } from './tell-training.ts';

const runOf = (model: string, decisionId: string): RunKey => ({ model, decisionId, candidateId: null });

/** Begins the run of a retraining: why, with which champion, on which rows. */
export async function tellSnapshot(
  deps: Dependencies,
  { project: { model }, decisionId, mode, champion, trainingData }: SnapshotRequest,
  taken: SnapshotTaken,
): Promise<void> {
  const run = runOf(model, decisionId);
  const workflow = `retrain/${decisionId}`;
  const url = deps.reports?.linkTo(workflow).url ?? null;
  await tellRun(deps, run, async (tracking) => {
    const tags = { model, mode, champion: champion ?? 'none', workflow, ...(url === null ? {} : { workflowUrl: url }) };
    await tracking.begin({ run, name: decisionId, startedAtMs: Date.now(), tags });
    if (taken.outcome === 'blocked') {
      await tracking.setTags(run, { outcome: 'blocked', reason: taken.reason });
      await tracking.end(run, 'finished', Date.now());
      return;
    }
    const { snapshotId, fingerprint, candidates } = taken;
    const tried = candidates.map(({ id }) => id).join(', ');
    const inputs = inputsOf(await deps.store.getSnapshot(model, snapshotId));
    // Side by side: training waits for both.
    await Promise.all([
      tracking.logParams(run, { snapshotId, fingerprint, candidates: tried, trainingData: trainingData ?? 'store' }),
      tracking.logInputs(run, inputs),
    ]);
  });
}

function inputsOf({ id, path, split }: Snapshot) {
  const parts = { training: split.train, validation: split.validation, holdout: split.holdout };
  return Object.entries(parts).map(([context, { from, to }]) => ({
    name: 'snapshot',
    digest: id,
    context,
    rows: to - from,
    source: path,
  }));
}

/** A run of its own for what was put together of several networks. */
export async function tellBlend(
  deps: Dependencies,
  { project: { model }, decisionId, trained }: BlendRequest,
  blend: TrainedCandidate | null,
): Promise<void> {
  if (blend === null) return;
  const run: RunKey = { model, decisionId, candidateId: blend.candidateId };
  await tellRun(deps, run, async (tracking) => {
    await tracking.begin({ run, name: blend.candidateId, startedAtMs: Date.now(), tags: {} });
    await tracking.logParams(run, { networks: trained.map(({ candidateId }) => candidateId).join(', ') });
  });
  await tellResult(deps, run, blend);
}

/** What the gate said, each check with its figures; repeated with the refit's version where there is one. */
export async function tellVerdict(
  deps: Dependencies,
  { project: { model }, decisionId }: { readonly project: { readonly model: string }; readonly decisionId: string },
  { outcome, reason, version, candidateId, checks }: RetrainResult,
): Promise<void> {
  const run = runOf(model, decisionId);
  await tellRun(deps, run, async (tracking) => {
    const atMs = Date.now();
    const points = checks.flatMap(figuresOf).map(({ name, value }) => ({ name, value, step: 0, atMs }));
    await logNewPoints(tracking, run, points);
    await tracking.setTags(run, { outcome, reason, candidate: candidateId ?? 'none', version: version ?? 'none' });
    await tracking.end(run, 'finished', atMs);
  });
}

function figuresOf({ name, statistic, pValue, effectSize, interval, rowsSeen }: Check) {
  const figures = { statistic, pValue, effectSize, low: interval?.low, high: interval?.high, rowsSeen };
  return Object.entries(figures).flatMap(([figure, value]) =>
    value === undefined ? [] : [{ name: metricName('gate', name, figure), value }],
  );
}

/** Later decisions about a retraining are told to its run: that it was promoted, watched, rolled back; or that it failed. */
export async function tellRecord(deps: Dependencies, { project: { model }, record }: RecordRequest): Promise<void> {
  const { id, kind, summary, atMs } = record;
  const run = runOf(model, rootDecision(id.split('/')[0] ?? id));
  await tellRun(deps, run, async (tracking) => {
    if ((await tracking.read(run)) === null) return;
    const [name = kind, outcome] = kind.split(': ');
    await tracking.setTags(run, { [`decision.${name}`]: outcome === undefined ? summary : `${outcome}: ${summary}` });
    if (kind === 'retraining failed') await tracking.end(run, 'failed', atMs);
  });
}
