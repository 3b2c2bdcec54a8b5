import { join } from 'node:path';
import type { CandidateSpec, EpochReport, TrainedCandidate, TrainingJob } from '../adapters/ports/model-runtime.ts';
import type { Snapshot } from '../adapters/ports/store.ts';
import { windowOf } from '../domain/snapshot/split.ts';
import { taskOf } from '../domain/task.ts';
import type { Dependencies } from './dependencies.ts';
import { recalibrateChampion } from './recalibrate-champion.ts';
import { currentScope, type ActivityScope } from './scope.ts';
import type { TrainingRequest } from './types.ts';

/** Has written what a candidate shares with others of its run, before it is asked for. */
export async function prepareTraining(
  deps: Dependencies,
  request: TrainingRequest,
  candidate: CandidateSpec,
): Promise<void> {
  await deps.runtime.prepare(await planJob(deps, request, candidate), currentScope().signal);
}

interface Progress {
  readonly checkpoint: string | null;
  readonly summary: string;
}

interface Teller {
  readonly checkpoint: string | null;
  readonly tell: (report: EpochReport) => void;
}

const beatEveryMs = 1_000;

/** Trains one candidate, or recalibrates one, in a process of its own; an attempt after a crash goes on from the last heartbeat's checkpoint. */
export async function trainCandidate(
  deps: Dependencies,
  request: TrainingRequest,
  onEpoch: (report: EpochReport) => void = () => undefined,
): Promise<TrainedCandidate> {
  if ('recalibrates' in request.candidate) return await recalibrateChampion(deps, request, request.candidate);
  const job = await planJob(deps, request, request.candidate);
  const trained = await withProgress(request.resumeFrom ?? null, (scope, progress) =>
    deps.runtime.train(job, {
      resumeFrom: progress.checkpoint,
      signal: scope.signal,
      onEpoch: (report) => {
        progress.tell(report);
        onEpoch(report);
      },
    }),
  );
  tellScratch(request, trained);
  return trained;
}

async function planJob(deps: Dependencies, request: TrainingRequest, candidate: CandidateSpec): Promise<TrainingJob> {
  const project = await deps.loadProject(request.project);
  const snapshot = await deps.store.getSnapshot(project.name, request.snapshotId);
  return {
    task: taskOf(snapshot.schema),
    snapshot,
    ...planTraining(snapshot.split, candidate, request),
    seed: project.training.seed,
    untilEpoch: request.untilEpoch ?? null,
    startPackage: await findStart(deps, project.name, candidate),
    workDirectory: join(deps.workDirectory, request.decisionId, folderOf(request)),
    sharedDirectory: join(deps.workDirectory, request.decisionId),
  };
}

/** Beats with how far training has come; begins at the last attempt's checkpoint or, where it left none, at the one that is given. */
async function withProgress<T>(
  resumeFrom: string | null,
  work: (scope: ActivityScope, progress: Teller) => Promise<T>,
): Promise<T> {
  const scope = currentScope();
  let progress: Progress = (scope.heartbeatDetails as Progress | undefined) ?? {
    checkpoint: resumeFrom,
    summary: 'starting',
  };
  const beat = (): void => scope.heartbeat(progress);
  const timer = setInterval(beat, beatEveryMs);
  try {
    return await work(scope, {
      checkpoint: progress.checkpoint,
      tell({ epoch, maxEpochs, trainLoss, validationLoss, checkpoint }) {
        const losses = `loss ${trainLoss.toFixed(4)}, validation ${validationLoss.toFixed(4)}`;
        progress = { checkpoint, summary: `epoch ${epoch} of at most ${maxEpochs}: ${losses}` };
        beat();
      },
    });
  } finally {
    clearInterval(timer);
  }
}

function tellScratch(
  { candidate: { id }, decisionId }: TrainingRequest,
  { scratchReason = null }: TrainedCandidate,
): void {
  if (scratchReason === null) return;
  currentScope().warn(`${id} began from scratch, not from the champion’s weights: ${scratchReason}`, { decisionId });
}

/** The package of the network whose weights a candidate begins from; null where it begins at random. */
async function findStart(
  { registry }: Dependencies,
  model: string,
  { startsFrom }: CandidateSpec,
): Promise<string | null> {
  if (startsFrom === undefined) return null;
  return join(await registry.fetchPackage(model, startsFrom.version), startsFrom.directory);
}

/** A refit has no rows left to stop early on: it trains for as long as was best, and the newest rows only show how it goes. */
function planTraining(
  { train, validation, holdout }: Snapshot['split'],
  candidate: CandidateSpec,
  { refit, policy }: TrainingRequest,
): Pick<TrainingJob, 'candidate' | 'train' | 'validation'> {
  const all = refit === null ? train : { from: train.from, to: holdout.to };
  const window = windowOf(candidate.window, all, policy.snapshot);
  if (refit === null) return { candidate, train: window, validation };
  const epochs = Math.max(1, refit.epochs);
  return { candidate: { ...candidate, maxEpochs: epochs, patience: epochs }, train: window, validation: holdout };
}

function folderOf({ candidate, refit }: TrainingRequest): string {
  const name = candidate.id.replaceAll(/[^\w.-]/g, '_');
  return refit === null ? name : `refit_${name}`;
}
