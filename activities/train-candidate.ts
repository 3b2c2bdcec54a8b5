import { join } from 'node:path';
import type { TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import { recentWindow } from '../domain/snapshot/split.ts';
import { taskOf } from '../domain/task.ts';
import type { Dependencies } from './dependencies.ts';
import { recalibrateChampion } from './recalibrate-champion.ts';
import { currentScope } from './scope.ts';
import type { TrainingRequest } from './types.ts';

interface Progress {
  readonly checkpoint: string | null;
  readonly summary: string;
}

const beatEveryMs = 1_000;

/** Trains one candidate, or recalibrates one, in a process of its own; an attempt after a crash goes on from the last heartbeat's checkpoint. */
export async function trainCandidate(deps: Dependencies, request: TrainingRequest): Promise<TrainedCandidate> {
  const { candidate } = request;
  if ('recalibrates' in candidate) return await recalibrateChampion(deps, request, candidate);
  const scope = currentScope();
  const project = await deps.loadProject(request.project);
  const snapshot = await deps.store.getSnapshot(project.name, request.snapshotId);
  const { train, validation } = snapshot.split;
  let progress: Progress = (scope.heartbeatDetails as Progress | undefined) ?? {
    checkpoint: null,
    summary: 'starting',
  };
  const resumeFrom = progress.checkpoint;
  const beat = (): void => scope.heartbeat(progress);
  const timer = setInterval(beat, beatEveryMs);
  try {
    return await deps.runtime.train(
      {
        task: taskOf(snapshot.schema),
        snapshot,
        candidate,
        train: candidate.window === 'recent' ? recentWindow(train, request.policy.snapshot.recentRows) : train,
        validation,
        seed: project.training.seed,
        workDirectory: join(deps.workDirectory, request.decisionId, candidate.id.replaceAll(/[^\w.-]/g, '_')),
      },
      {
        resumeFrom,
        signal: scope.signal,
        onEpoch: ({ epoch, maxEpochs, trainLoss, validationLoss, checkpoint }) => {
          const losses = `loss ${trainLoss.toFixed(4)}, validation ${validationLoss.toFixed(4)}`;
          progress = { checkpoint, summary: `epoch ${epoch} of at most ${maxEpochs}: ${losses}` };
          beat();
        },
      },
    );
  } finally {
    clearInterval(timer);
  }
}
