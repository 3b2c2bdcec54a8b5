import { createHash } from 'node:crypto';
import type { Candidate } from '../adapters/ports/model-runtime.ts';
import type { LabelledRows, Snapshot } from '../adapters/ports/store.ts';
import { recalibratedPrefix } from '../domain/calibration/recalibrated.ts';
import { chooseBlockRows } from '../domain/outcomes/dependence.ts';
import type { ModelProject } from '../domain/project.ts';
import { judgeQualityNow } from '../domain/quality/judge.ts';
import { whyNotTrainOn } from '../domain/snapshot/data-checks.ts';
import { planRecalibration, planSplit, type Split, type SplitPlan, usefulWindows } from '../domain/snapshot/split.ts';
import { extractKey } from '../domain/snapshot/row-keys.ts';
import type { DataSchema, RowRange } from '../domain/table.ts';
import type { Dependencies } from './dependencies.ts';
import { concatRows, countFresh, gatherRows, newestRows, sliceRows, type ServedRows } from './gather-rows.ts';
import { keepSettings } from './keep-settings.ts';
import { planComparisons } from './plan-comparisons.ts';
import { planWarmStart } from './plan-warm-start.ts';
import type { SnapshotRequest, SnapshotTaken } from './types.ts';

/**
 * Freezes the labelled rows of a run with their split, and plans its candidates. Data that can't be trained on block it.
 *
 * @param served what was served, where it was read just now
 */
export async function takeSnapshot(
  deps: Dependencies,
  request: SnapshotRequest,
  served: ServedRows | null = null,
): Promise<SnapshotTaken> {
  const project = await deps.loadProject(request.project);
  try {
    const cutting = cut(deps, request, project, served);
    const [taken] = await Promise.all([cutting, keepSettings(deps, project, request.policy)]);
    return taken;
  } catch (error) {
    if (error instanceof Error && error.name === 'DataError') return { outcome: 'blocked', reason: error.message };
    throw error;
  }
}

async function cut(
  deps: Dependencies,
  request: SnapshotRequest,
  project: ModelProject,
  served: ServedRows | null,
): Promise<SnapshotTaken> {
  const { policy } = request;
  const { schema, rows } = await gatherRows(deps, project, policy, served);
  const broken = await whyBroken(deps, request, rows);
  if (broken !== null) return { outcome: 'blocked', reason: broken };
  const plan = planParts(request, rows);
  if (plan.outcome === 'too-few-rows') return { outcome: 'blocked', reason: plan.reason };
  const merged =
    request.trainingData === null
      ? { rows, split: plan.split }
      : await withOwnTrainingData(deps, project, schema, request.trainingData, rows, plan.split);
  const refusal = whyNotTrainOn(merged.rows.table, merged.rows.labels, schema, merged.split.train);
  if (refusal !== null) return { outcome: 'blocked', reason: refusal };

  const snapshot = await deps.store.writeSnapshot(project.name, schema, merged.rows, merged.split);
  const planned = planCandidates(project, request, snapshot, merged.rows.labels);
  const warm = await planWarmStart(deps, request, snapshot, merged.rows.keys, planned);
  const candidates = [...planned, ...warm];
  return {
    outcome: 'taken',
    snapshotId: snapshot.id,
    lastKey: snapshot.lastKey,
    fingerprint: hash(JSON.stringify([snapshot.id, candidates])),
    candidates,
    rungs: planComparisons(policy, candidates, snapshot),
    summary: describeSnapshot(snapshot),
  };
}

/** Data that broke the champion's contract would make the break permanent. A person who asks has seen it. */
async function whyBroken(
  { registry, packages }: Dependencies,
  { project: { model }, policy: { monitor, quality }, champion, isAskedFor }: SnapshotRequest,
  rows: LabelledRows,
): Promise<string | null> {
  if (champion === null || isAskedFor) return null;
  const contract = await packages.readContract(await registry.fetchPackage(model, champion));
  if (contract === null) return null;
  const { table: inputs, labels: values } = newestRows(rows, monitor.windowRows);
  const window = { inputs, labels: { values, matureShare: monitor.matureShare } };
  const { verdict } = judgeQualityNow(window, contract, quality);
  return verdict.outcome === 'fail' ? `the newest labelled rows are broken: ${verdict.reason}` : null;
}

function planParts(
  { policy, champion, mode, freshAfterKey }: SnapshotRequest,
  { table, keys, labels }: LabelledRows,
): SplitPlan {
  const freshRows = countFresh(keys, freshAfterKey);
  const { minRows } = policy.gate;
  if (mode === 'recalibrate') return planRecalibration(table.rowCount, freshRows, minRows, policy.snapshot);
  const labelBlockRows = chooseBlockRows(labels.subarray(-policy.snapshot.recentRows));
  return planSplit(table.rowCount, freshRows, champion === null, minRows, policy.snapshot, labelBlockRows);
}

/** The operator's extract takes the place of train and validation; the holdout stays what the store says. */
async function withOwnTrainingData(
  deps: Dependencies,
  project: ModelProject,
  schema: DataSchema,
  path: string,
  rows: LabelledRows,
  split: Split,
): Promise<{ rows: LabelledRows; split: Split }> {
  const own = await deps.readExtract(project, path, schema);
  const holdout = sliceRows(rows, split.holdout);
  const ownKeys = own.keys.map(extractKey);
  const validationRows = split.validation.to - split.validation.from;
  const ownRows = own.table.rowCount;
  const trainRows = Math.max(1, ownRows - Math.min(validationRows, Math.floor(ownRows / 4)));
  return {
    rows: concatRows(schema, { ...own, keys: ownKeys }, holdout),
    split: {
      train: { from: 0, to: trainRows },
      validation: { from: trainRows, to: ownRows },
      holdout: { from: ownRows, to: ownRows + holdout.table.rowCount },
    },
  };
}

/** The champion with a new calibrator; or every network on every window, where it differs from the others and has enough to learn from. */
function planCandidates(
  project: ModelProject,
  { policy, mode, champion }: SnapshotRequest,
  { split }: Snapshot,
  labels: Float64Array,
): readonly Candidate[] {
  if (mode === 'recalibrate' && champion !== null) return [{ id: recalibratedPrefix, recalibrates: champion }];
  const { networks, windows, ...shared } = project.training;
  const kept = usefulWindows(windows, split.train, policy.snapshot, labels);
  const { seed: _seed, ...rest } = shared;
  return networks.flatMap(({ name, ...network }) =>
    kept.map((window) => ({ id: `${name}/${window}`, window, ...network, ...rest })),
  );
}

function describeSnapshot({ id, rowCount, split }: Snapshot): string {
  const count = ({ from, to }: RowRange): string => (to - from).toLocaleString('en-US');
  return (
    `Snapshot \`${id.slice(0, 12)}\`: ${rowCount.toLocaleString('en-US')} rows, ${count(split.train)} to train, ` +
    `${count(split.validation)} to validate, ${count(split.holdout)} held out`
  );
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
