import type { TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import type { Snapshot } from '../adapters/ports/store.ts';
import { isRecalibrated } from '../domain/calibration/recalibrated.ts';
import { checkQuarantine, type QuarantinedVersion } from '../domain/gate/check-quarantine.ts';
import type { Predictions, Task } from '../domain/task.ts';
import type { Check } from '../domain/verdict.ts';
import type { Dependencies } from './dependencies.ts';
import { currentScope } from './scope.ts';
import type { GateRequest } from './types.ts';

export interface Faced {
  readonly snapshot: Snapshot;
  readonly task: Task;
  readonly chosen: TrainedCandidate;
  readonly challenger: Predictions;
  readonly champion: Predictions | null;
}

/** Does the challenger do what a version did that was rolled back? */
export async function faceQuarantined(
  deps: Dependencies,
  request: GateRequest,
  { snapshot, task, chosen, challenger, champion }: Faced,
): Promise<readonly Check[]> {
  const quarantined: QuarantinedVersion[] = [];
  for (const version of request.quarantined) quarantined.push(await scoreQuarantined(deps, snapshot, chosen, version));
  const { from, to } = snapshot.split.holdout;
  const recalibrated = isRecalibrated(chosen.candidateId);
  return checkQuarantine({ task, rows: to - from, challenger, champion, recalibrated, quarantined });
}

async function scoreQuarantined(
  { registry, runtime }: Dependencies,
  snapshot: Snapshot,
  { weightsSha256 }: TrainedCandidate,
  version: string,
): Promise<QuarantinedVersion> {
  const { tags, removedAtMs } = await registry.getVersion(snapshot.model, version);
  const sameWeights = tags.weightsSha256 === weightsSha256;
  if (removedAtMs !== null) return { version, sameWeights, predictions: null };
  const packageDirectory = await registry.fetchPackage(snapshot.model, version);
  const predictions = await runtime.score(packageDirectory, snapshot, snapshot.split.holdout, currentScope().signal);
  return { version, sameWeights, predictions };
}
