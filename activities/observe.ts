import type { MonitorObservation } from '../domain/dashboard/observation.ts';
import type { DriftReport } from '../domain/drift/judge.ts';
import type { Finding } from '../domain/monitoring/finding.ts';
import { judgeInputs } from '../domain/monitoring/judge-inputs.ts';
import { judgeOutcomes } from '../domain/monitoring/judge-outcomes.ts';
import { signalSeparation } from '../domain/monitoring/judge-separation.ts';
import type { LabelArrivals } from '../domain/outcomes/label-arrivals.ts';
import { beginLossWatch, type LossWatch } from '../domain/outcomes/watch-losses.ts';
import type { DriftReference } from '../domain/monitoring/reference.ts';
import type { Policy } from '../domain/project.ts';
import type { SchemaContract } from '../domain/quality/contract.ts';
import { judgeQualityNow } from '../domain/quality/judge.ts';
import type { Signal } from '../domain/lifecycle/signals.ts';
import type { DataSchema, Table } from '../domain/table.ts';
import type { Task } from '../domain/task.ts';
import type { Dependencies } from './dependencies.ts';
import { examinedVersion, readExaminedOutcomes } from './examined-version.ts';
import { withHeartbeat } from './heartbeat.ts';
import { keepSettings } from './keep-settings.ts';
import { lookAtAnswers } from './look-at-answers.ts';
import { type FollowQuestion, lookAtFollowing } from './look-at-following.ts';
import { readArrivals } from './label-ages.ts';
import { policyInForce } from './policy-in-force.ts';
import { findRemovableVersions } from './find-removable-versions.ts';
import { removeExpired } from './remove-expired.ts';
import { readNewestOutcomes } from './read-newest-outcomes.ts';
import { noteObservation } from './note-observation.ts';
import { currentScope } from './scope.ts';
import type { MonitorCursor, Observation, ObserveRequest } from './types.ts';

/** One look at a model's live inputs, predictions and outcomes since the last one. It reports; it decides nothing. */
export async function observe(deps: Dependencies, request: ObserveRequest): Promise<Observation> {
  return await withHeartbeat(() => look(deps, request));
}

async function look(deps: Dependencies, request: ObserveRequest): Promise<Observation> {
  const { model } = request.project;
  const clock = await deps.store.clock(model);
  const aliases = await deps.registry.getAliases(model);
  if (aliases.champion === null) {
    return {
      clock,
      signals: [],
      cursor: null,
      following: null,
      removable: [],
      summary: 'there is no champion to watch yet',
    };
  }
  const policy = await policyInForce(deps, request.project);
  await keepSettings(deps, await deps.loadProject(request.project), policy);
  const serving = aliases.champion;
  const champion = await readChampion(deps, model, await examinedVersion(deps.registry, model, serving));
  const cursor = await deps.cursors.read(model);
  const from = cursor?.champion === champion.version ? cursor : startAt(champion, policy, cursor, clock.rows);
  const outcomes = await lookAtOutcomes(deps, champion, policy, from);
  const inputs = await lookAtInputs(deps, champion, policy, { ...from, rows: clock.rows, arrivals: outcomes.arrivals });
  const before = cursor?.following ?? null;
  const span = { serving, base: champion.version, afterId: from.lastId, upToId: outcomes.lastId, before };
  const following = await followIfPossible(deps, { ...champion, ...span }, policy);
  await noteObservation(deps, champion, clock, {
    losses: outcomes.losses,
    drift: inputs.drift,
    arrivals: outcomes.arrivals,
  });
  const removed = await removeExpired(deps, model, policy, outcomes.lastId);
  const removable = await findRemovableVersions(deps, model, policy, champion.version);
  const told = [outcomes.summary, inputs.summary, following.failure, removed, removable.failure];
  return {
    clock,
    signals: [...inputs.signals, ...outcomes.signals],
    cursor: {
      ...from,
      lastId: outcomes.lastId,
      watch: outcomes.watch,
      driftAtRows: inputs.driftAtRows,
      following: following.state,
    },
    following: following.proposal,
    removable: removable.versions,
    summary: told.filter((part) => part !== null).join('; '),
  };
}

/** Networks that can't be scored keep a champion from following its labels; they must not keep the monitor from telling what it sees. */
async function followIfPossible(deps: Dependencies, question: FollowQuestion, policy: Policy) {
  try {
    return { ...(await lookAtFollowing(deps, question, policy)), failure: null };
  } catch (error) {
    const { signal, warn } = currentScope();
    if (signal.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    warn('the labels were not followed', { model: question.model, version: question.serving, why });
    return { state: question.before, proposal: null, failure: `the labels were not followed: ${why}` };
  }
}

interface Champion {
  readonly model: string;
  readonly version: string;
  readonly task: Task;
  readonly schema: DataSchema;
  readonly snapshotId: string;
  readonly reference: DriftReference;
  readonly contract: SchemaContract | null;
}

async function readChampion({ registry, packages }: Dependencies, model: string, version: string): Promise<Champion> {
  const packageDirectory = await registry.fetchPackage(model, version);
  const { schema, task, snapshotId } = await packages.readSignature(packageDirectory);
  const reference = await packages.readReference(packageDirectory);
  const contract = await packages.readContract(packageDirectory);
  return { model, version, task, schema, snapshotId, reference, contract };
}

/** A new champion is judged by its own outcomes, and its inputs from now on. */
function startAt(
  { version, reference }: Champion,
  policy: Policy,
  before: MonitorCursor | null,
  rows: number,
): MonitorCursor {
  const watch = beginLossWatch(policy.monitor.lossBlockRows, reference.holdout?.blockRows);
  return { champion: version, lastId: before?.lastId ?? null, watch, driftAtRows: rows };
}

interface OutcomesSeen {
  readonly signals: readonly Signal[];
  readonly watch: LossWatch;
  readonly lastId: string | null;
  readonly summary: string;
  readonly losses: MonitorObservation['losses'];
  readonly arrivals: LabelArrivals | null;
}

async function lookAtOutcomes(
  deps: Dependencies,
  { model, version, task, schema, reference }: Champion,
  policy: Policy,
  { lastId, watch }: MonitorCursor,
): Promise<OutcomesSeen> {
  const query = { model, schema, ...(lastId === null ? {} : { afterId: lastId }) };
  const rows = await readExaminedOutcomes(deps, query);
  const { lossScale, holdout } = reference;
  const arrivals = await readArrivals(deps.store, { model, schema }, policy.monitor);
  const question = {
    champion: version,
    task,
    lossScale,
    policy: policy.monitor,
    arrivals,
    ...(holdout && { holdout }),
  };
  const seen = judgeOutcomes(rows, question, watch);
  return {
    signals: stamp(seen.signals),
    watch: seen.watch,
    lastId: rows.ids[seen.matureRows - 1] ?? lastId,
    summary: seen.summary,
    losses: seen.losses,
    arrivals,
  };
}

interface InputsAsked extends Pick<MonitorCursor, 'driftAtRows'> {
  /** Served so far. */
  readonly rows: number;
  readonly arrivals: LabelArrivals | null;
}

interface InputsSeen {
  readonly signals: readonly Signal[];
  readonly driftAtRows: number;
  readonly summary: string;
  /** Null while no window is full. */
  readonly drift: DriftReport | null;
}

async function lookAtInputs(
  deps: Dependencies,
  champion: Champion,
  policy: Policy,
  { driftAtRows, rows, arrivals }: InputsAsked,
): Promise<InputsSeen> {
  const { windowRows } = policy.monitor;
  const seen = rows - driftAtRows;
  if (seen < windowRows) {
    return { signals: [], driftAtRows, summary: `${seen} of ${windowRows} rows of a drift window`, drift: null };
  }
  const { model, task, schema, reference } = champion;
  const inputs = await deps.store.readInputs({ model, schema, newestRows: windowRows });
  const { outputs, mature } = await readNewestOutcomes(deps, { model, schema, arrivals }, policy.monitor);
  const judged = judgeInputs({ task, inputs, outputs, reference }, policy.drift);
  const apart = policy.drift.classifierTest ? await tellApart(deps, champion, inputs) : [];
  const broken = judgeContract(champion, inputs, mature.labels, policy);
  const answered = await lookAtAnswers(deps, { ...champion, mature }, policy);
  return {
    signals: stamp([...broken, ...judged.signals, ...apart, ...answered]),
    driftAtRows: rows,
    summary: judged.summary,
    drift: judged.drift,
  };
}

/** Holds the newest window, and the newest labels that are old enough, to what the champion learned its data to look like. */
function judgeContract(
  { contract }: Champion,
  inputs: Table,
  values: Float64Array,
  { monitor: { matureShare }, quality }: Policy,
): readonly Finding[] {
  return contract === null
    ? []
    : judgeQualityNow({ inputs, labels: { values, matureShare } }, contract, quality).signals;
}

/** By a small network: the rows that the champion learned from, and what comes in now. */
async function tellApart(
  { store, runtime }: Dependencies,
  { model, snapshotId }: Champion,
  current: Table,
): Promise<readonly Finding[]> {
  const snapshot = await store.getSnapshot(model, snapshotId);
  const range = { from: 0, to: snapshot.split.validation.to };
  return signalSeparation(await runtime.separate({ snapshot, range, current, seed: 1 }, currentScope().signal));
}

function stamp(signals: readonly Finding[]): readonly Signal[] {
  const atMs = Date.now();
  return signals.map((signal) => ({ ...signal, atMs }));
}
