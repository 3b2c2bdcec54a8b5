import { policyEntryKind } from '../domain/lifecycle/operator.ts';
import { judgeInputs, judgeOutcomes } from '../domain/monitoring/judge.ts';
import { initialAdwin } from '../domain/outcomes/adwin.ts';
import type { Policy } from '../domain/project.ts';
import type { Signal } from '../domain/lifecycle/signals.ts';
import type { Dependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { MonitorCursor, Observation, ObserveRequest } from './types.ts';

/** One look at a model's live inputs, predictions and outcomes since the last one. It reports; it decides nothing. */
export async function observe(deps: Dependencies, request: ObserveRequest): Promise<Observation> {
  return await withHeartbeat(() => look(deps, request));
}

async function look(deps: Dependencies, request: ObserveRequest): Promise<Observation> {
  const { model } = request.project;
  const clock = await deps.store.clock(model);
  const { champion } = await deps.registry.getAliases(model);
  if (champion === null) return { clock, signals: [], cursor: null, summary: 'there is no champion to watch yet' };
  const policy = await policyInForce(deps, request);
  const cursor = await deps.cursors.read(model);
  const from = cursor?.champion === champion ? cursor : startAt(champion, cursor, clock.rows);
  const outcomes = await lookAtOutcomes(deps, model, policy, from);
  const inputs = await lookAtInputs(deps, model, policy, from, clock.rows);
  const signals = [...inputs.signals, ...outcomes.signals];
  return {
    clock,
    signals,
    cursor: { champion, lastId: outcomes.lastId, adwin: outcomes.adwin, driftAtRows: inputs.driftAtRows },
    summary: [outcomes.summary, inputs.summary].join('; '),
  };
}

/** A new champion is judged by its own outcomes, and its inputs from now on. */
function startAt(champion: string, before: MonitorCursor | null, rows: number): MonitorCursor {
  return { champion, lastId: before?.lastId ?? null, adwin: initialAdwin(), driftAtRows: rows };
}

/** What an operator set last, which the ledger knows, else what the project says. */
async function policyInForce({ ledger, loadProject }: Dependencies, { project }: ObserveRequest): Promise<Policy> {
  const set = (await ledger.read(project.model)).findLast(({ kind }) => kind === policyEntryKind);
  return set === undefined ? (await loadProject(project)).policy : (set.evidence as Policy);
}

interface OutcomesSeen {
  readonly signals: readonly Signal[];
  readonly adwin: MonitorCursor['adwin'];
  readonly lastId: string | null;
  readonly summary: string;
}

async function lookAtOutcomes(
  deps: Dependencies,
  model: string,
  policy: Policy,
  cursor: MonitorCursor,
): Promise<OutcomesSeen> {
  const packageDirectory = await deps.registry.fetchPackage(model, cursor.champion);
  const { schema, task } = await deps.packages.readSignature(packageDirectory);
  const { lossScale } = await deps.packages.readReference(packageDirectory);
  const after = cursor.lastId === null ? {} : { afterId: cursor.lastId };
  const rows = await deps.store.readOutcomes({ model, schema, ...after });
  const seen = judgeOutcomes(
    rows,
    { champion: cursor.champion, task, lossScale, policy: policy.monitor },
    cursor.adwin,
  );
  const lastId = rows.ids[seen.matureRows - 1] ?? cursor.lastId;
  return { signals: stamp(seen.signals), adwin: seen.adwin, lastId, summary: seen.summary };
}

async function lookAtInputs(
  deps: Dependencies,
  model: string,
  policy: Policy,
  cursor: MonitorCursor,
  rows: number,
): Promise<{ signals: readonly Signal[]; driftAtRows: number; summary: string }> {
  const { windowRows } = policy.monitor;
  const seen = rows - cursor.driftAtRows;
  if (seen < windowRows) {
    return { signals: [], driftAtRows: cursor.driftAtRows, summary: `${seen} of ${windowRows} rows of a drift window` };
  }
  const packageDirectory = await deps.registry.fetchPackage(model, cursor.champion);
  const { schema, task } = await deps.packages.readSignature(packageDirectory);
  const reference = await deps.packages.readReference(packageDirectory);
  const query = { model, schema, newestRows: windowRows };
  const [inputs, { outputs }] = [await deps.store.readInputs(query), await deps.store.readOutcomes(query)];
  const judged = judgeInputs({ task, inputs, outputs, reference }, policy.drift);
  return { signals: stamp(judged.signals), driftAtRows: rows, summary: judged.summary };
}

function stamp(signals: readonly Omit<Signal, 'atMs'>[]): readonly Signal[] {
  const atMs = Date.now();
  return signals.map((signal) => ({ ...signal, atMs }));
}
