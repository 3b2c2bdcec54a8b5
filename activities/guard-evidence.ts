import type { Snapshot } from '../adapters/ports/store.ts';
import type { LiveCoverage } from '../domain/gate/coverage/check-coverage.ts';
import { measureCoverage, measureRange, type TrainingRange } from '../domain/gate/coverage/training-range.ts';
import type { GateEvidence } from '../domain/gate/evidence.ts';
import type { Dependencies } from './dependencies.ts';
import type { ExamRows } from './prepare-exam.ts';
import type { GateRequest } from './types.ts';

export type GuardEvidence = Required<
  Pick<GateEvidence, 'inputs' | 'slices' | 'sensitive' | 'trainingRange' | 'liveCoverage'>
> &
  Pick<GateEvidence, 'utility'>;

/** What the gate's guards look at beside the predictions: the holdout's inputs, what the project says of them, and the range of the training rows. */
export async function gatherGuardEvidence(
  deps: Dependencies,
  { project, policy }: GateRequest,
  { snapshot, training, holdout }: ExamRows,
): Promise<GuardEvidence> {
  const config = await deps.loadProject(project);
  const { slices, sensitive } = config;
  const utility = await deps.loadUtility(config, snapshot.schema);
  const trainingRange = measureRange(snapshot.schema, training.table);
  const liveCoverage = await measureLive(deps, snapshot, trainingRange, policy.monitor.windowRows);
  return { inputs: holdout.table, slices, sensitive, trainingRange, liveCoverage, ...(utility && { utility }) };
}

async function measureLive(
  { store }: Dependencies,
  { model, schema }: Snapshot,
  range: TrainingRange,
  newestRows: number,
): Promise<LiveCoverage> {
  const table = await store.readInputs({ model, schema, newestRows });
  return { rows: table.rowCount, outside: measureCoverage(table, range).outside };
}
