import { join } from 'node:path';
import type { RecalibrationSpec, TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import type { Dependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';
import { currentScope } from './scope.ts';
import type { TrainingRequest } from './types.ts';

/** Gives a version's own weights a calibrator fitted to the newest rows before the holdout. */
export async function recalibrateChampion(
  deps: Dependencies,
  { project: { model }, snapshotId, decisionId }: TrainingRequest,
  { id, recalibrates }: RecalibrationSpec,
): Promise<TrainedCandidate> {
  return await withHeartbeat(async () => {
    const snapshot = await deps.store.getSnapshot(model, snapshotId);
    const job = {
      candidateId: id,
      packageDirectory: await deps.registry.fetchPackage(model, recalibrates),
      snapshot,
      range: snapshot.split.validation,
      workDirectory: join(deps.workDirectory, decisionId, id),
    };
    return await deps.runtime.recalibrate(job, currentScope().signal);
  });
}
