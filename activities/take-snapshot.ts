import { createHash } from 'node:crypto';
import type { CandidateSpec } from '../adapters/ports/model-runtime.ts';
import type { LabelledRows, Snapshot } from '../adapters/ports/store.ts';
import { matureCount } from '../domain/outcomes/maturity.ts';
import type { ModelProject, Policy } from '../domain/project.ts';
import { whyNotTrainOn } from '../domain/snapshot/data-checks.ts';
import { planSplit, recentWindow, type Split } from '../domain/snapshot/split.ts';
import { concatTables, sliceTable } from '../domain/snapshot/tables.ts';
import type { DataSchema, RowRange } from '../domain/table.ts';
import type { Dependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { SnapshotRequest, SnapshotTaken } from './types.ts';

/** Freezes the labelled rows of a run with their split, and plans its candidates. Data that can't be trained on block it. */
export async function takeSnapshot(deps: Dependencies, request: SnapshotRequest): Promise<SnapshotTaken> {
  return await withHeartbeat(async () => {
    const project = await deps.loadProject(request.project);
    try {
      return await cut(deps, request, project);
    } catch (error) {
      if (error instanceof Error && error.name === 'DataError') return { outcome: 'blocked', reason: error.message };
      throw error;
    }
  });
}

async function cut(deps: Dependencies, request: SnapshotRequest, project: ModelProject): Promise<SnapshotTaken> {
  const { policy, champion } = request;
  const { schema, rows } = await gatherRows(deps, request, project);
  const freshRows = countFresh(rows.keys, request.freshAfterKey);
  const plan = planSplit(rows.table.rowCount, freshRows, champion === null, policy.gate.minRows, policy.snapshot);
  if (plan.outcome === 'too-few-rows') return { outcome: 'blocked', reason: plan.reason };
  const merged =
    request.trainingData === null
      ? { rows, split: plan.split }
      : await withOwnTrainingData(deps, project, schema, request.trainingData, rows, plan.split);
  const refusal = whyNotTrainOn(merged.rows.table, merged.rows.labels, schema, merged.split.train);
  if (refusal !== null) return { outcome: 'blocked', reason: refusal };

  const snapshot = await deps.store.writeSnapshot(project.name, schema, merged.rows, merged.split);
  const candidates = planCandidates(project, policy, snapshot);
  return {
    outcome: 'taken',
    snapshotId: snapshot.id,
    lastKey: snapshot.lastKey,
    fingerprint: hash(JSON.stringify([snapshot.id, candidates])),
    candidates,
    summary: describeSnapshot(snapshot),
  };
}

/** The project's history, then the mature part of what was served since, newest `maxRows` of all. */
async function gatherRows(
  deps: Dependencies,
  { policy }: SnapshotRequest,
  project: ModelProject,
): Promise<{ schema: DataSchema; rows: LabelledRows }> {
  const { schema, rows: history } = await deps.readHistory(project);
  const upToId = await newestMature(deps, project.name, schema, policy);
  if (upToId === null) return { schema, rows: newest(history, policy.snapshot.maxRows) };
  const live = await deps.store.readLabelled({ model: project.name, schema, upToId });
  return { schema, rows: newest(concatRows(schema, history, live), policy.snapshot.maxRows) };
}

async function newestMature(
  { store }: Dependencies,
  model: string,
  schema: DataSchema,
  policy: Policy,
): Promise<string | null> {
  const outcomes = await store.readOutcomes({ model, schema });
  return outcomes.ids[matureCount(outcomes.labels, policy.monitor) - 1] ?? null;
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
  const ownKeys = own.keys.map((key) => `extract:${key}`);
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

function concatRows(schema: DataSchema, before: LabelledRows, after: LabelledRows): LabelledRows {
  const labels = new Float64Array(before.labels.length + after.labels.length);
  labels.set(before.labels);
  labels.set(after.labels, before.labels.length);
  return { table: concatTables(schema, [before.table, after.table]), labels, keys: [...before.keys, ...after.keys] };
}

function sliceRows(rows: LabelledRows, range: RowRange): LabelledRows {
  return {
    table: sliceTable(rows.table, range),
    labels: rows.labels.subarray(range.from, range.to),
    keys: rows.keys.slice(range.from, range.to),
  };
}

function newest(rows: LabelledRows, maxRows: number): LabelledRows {
  const to = rows.table.rowCount;
  return to <= maxRows ? rows : sliceRows(rows, { from: to - maxRows, to });
}

/** Rows after the key that the last gate saw; where it is not among the rows any more, all of them are newer. */
function countFresh(keys: readonly string[], freshAfterKey: string | null): number {
  if (freshAfterKey === null) return keys.length;
  return keys.length - 1 - keys.lastIndexOf(freshAfterKey);
}

/** Every network on every window; `recent` is left out where it is all there is. */
function planCandidates(project: ModelProject, policy: Policy, { split }: Snapshot): readonly CandidateSpec[] {
  const { networks, windows, ...shared } = project.training;
  const recentIsAll = recentWindow(split.train, policy.snapshot.recentRows).from === split.train.from;
  const kept = recentIsAll
    ? windows.filter((window, index) => index === 0 || window !== windows[0]).slice(0, 1)
    : windows;
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
