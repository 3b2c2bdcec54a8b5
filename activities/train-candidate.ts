import { join } from 'node:path';
import type { CandidateSpec, EpochReport, TrainedCandidate, TrainingJob } from '../adapters/ports/model-runtime.ts';
import type { Snapshot } from '../adapters/ports/store.ts';
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
export async function trainCandidate(
  deps: Dependencies,
  request: TrainingRequest,
  onEpoch: (report: EpochReport) => void = () => undefined,
): Promise<TrainedCandidate> {
  if ('recalibrates' in request.candidate) return await recalibrateChampion(deps, request, request.candidate);
  const scope = currentScope();
  const project = await deps.loadProject(request.project);
  const snapshot = await deps.store.getSnapshot(project.name, request.snapshotId);
  const plan = planTraining(snapshot.split, request.candidate, request);
  let progress: Progress = (scope.heartbeatDetails as Progress | undefined) ?? {
    checkpoint: request.resumeFrom ?? null,
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
        ...plan,
        seed: project.training.seed,
        untilEpoch: request.untilEpoch ?? null,
        workDirectory: join(deps.workDirectory, request.decisionId, folderOf(request)),
      },
      {
        resumeFrom,
        signal: scope.signal,
        onEpoch: (report) => {
          const { epoch, maxEpochs, trainLoss, validationLoss, checkpoint } = report;
          const losses = `loss ${trainLoss.toFixed(4)}, validation ${validationLoss.toFixed(4)}`;
          progress = { checkpoint, summary: `epoch ${epoch} of at most ${maxEpochs}: ${losses}` };
          beat();
          onEpoch(report);
        },
      },
    );
  } finally {
    clearInterval(timer);
  }
}

/** A refit has no rows left to stop early on: it trains for as long as was best, and the newest rows only show how it goes. */
function planTraining(
  { train, validation, holdout }: Snapshot['split'],
  candidate: CandidateSpec,
  { refit, policy }: TrainingRequest,
): Pick<TrainingJob, 'candidate' | 'train' | 'validation'> {
  const all = refit === null ? train : { from: train.from, to: holdout.to };
  const window = candidate.window === 'recent' ? recentWindow(all, policy.snapshot.recentRows) : all;
  if (refit === null) return { candidate, train: window, validation };
  const epochs = Math.max(1, refit.epochs);
  return { candidate: { ...candidate, maxEpochs: epochs, patience: epochs }, train: window, validation: holdout };
}

function folderOf({ candidate, refit }: TrainingRequest): string {
  const name = candidate.id.replaceAll(/[^\w.-]/g, '_');
  return refit === null ? name : `refit_${name}`;
}
