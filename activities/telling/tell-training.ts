import type { TrainedCandidate } from '../../adapters/ports/model-runtime.ts';
import type { RunKey } from '../../adapters/ports/tracking.ts';
import type { Dependencies } from '../dependencies.ts';
import { trainCandidate } from '../train-candidate.ts';
import type { TrainingRequest } from '../types.ts';
import { tellEpochs } from './tell-epochs.ts';
import { logNewPoints, tellRun } from './tell-run.ts';

/** Trains a candidate, and tells a run of its own how: what was tried, its losses epoch by epoch, and what came of it. */
export async function trainAndTell(deps: Dependencies, request: TrainingRequest): Promise<TrainedCandidate> {
  const run = candidateRun(request);
  const { candidate, refit } = request;
  // Training doesn't wait for what is told of it.
  const begun = tellRun(deps, run, async (tracking) => {
    const name = refit === null ? candidate.id : `${candidate.id}, on all rows`;
    await tracking.begin({ run, name, startedAtMs: Date.now(), tags: { snapshotId: request.snapshotId } });
    await tracking.logParams(run, describeParams(request));
  });
  const epochs = tellEpochs(deps, run, begun);
  try {
    const trained = await trainCandidate(deps, request, epochs.tell);
    await epochs.done();
    // One that was interrupted goes on, or is told when it is stopped.
    if (trained.checkpoint === null) await tellResult(deps, run, trained);
    return trained;
  } catch (error) {
    await epochs.done();
    await tellRun(deps, run, async (tracking) => {
      await tracking.setTags(run, { error: error instanceof Error ? error.message : String(error) });
      await tracking.end(run, 'failed', Date.now());
    });
    throw error;
  }
}

export async function tellResult(deps: Dependencies, run: RunKey, trained: TrainedCandidate): Promise<void> {
  const { parameters, epochs, bestEpoch, trainSeconds, validationLoss, weightsSha256, scratchReason } = trained;
  const figures = { parameters, epochs, bestEpoch, trainSeconds, finalValidationLoss: validationLoss };
  await tellRun(deps, run, async (tracking) => {
    const atMs = Date.now();
    const points = Object.entries(figures).map(([name, value]) => ({ name, value, step: 0, atMs }));
    await logNewPoints(tracking, run, points);
    await tracking.setTags(run, { weightsSha256, ...(scratchReason ? { beganFromScratch: scratchReason } : {}) });
    await tracking.end(run, 'finished', atMs);
  });
}

function candidateRun({ project: { model }, decisionId, candidate, refit }: TrainingRequest): RunKey {
  return { model, decisionId, candidateId: refit === null ? candidate.id : `refit/${candidate.id}` };
}

function describeParams({ candidate, refit }: TrainingRequest): Readonly<Record<string, string>> {
  const { id, ...settings } = candidate;
  const refitted = refit === null ? {} : { refitEpochs: refit.epochs };
  return Object.fromEntries(
    Object.entries({ candidate: id, ...settings, ...refitted }).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
