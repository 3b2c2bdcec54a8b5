import type { Candidate, TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import type {
  BlendRequest,
  ControlActivities,
  SnapshotRequest,
  SnapshotTaken,
  TrainingRequest,
} from '../activities/types.ts';
import type { ExamRecord } from '../domain/lifecycle/exams.ts';
import { blockedRun, type RetrainResult } from '../domain/lifecycle/results.ts';
import { trainCandidates, type Trainers } from './train-candidates.ts';

/** Who does the work of a retraining run, and hears how it goes. */
export interface Crew extends Trainers {
  readonly judging: Pick<ControlActivities, 'takeSnapshot' | 'compareCandidates' | 'faceChampion' | 'adoptRefit'>;
  /** Null where the candidate could not be trained: the others go on without it. */
  train(request: TrainingRequest): Promise<TrainedCandidate | null>;
  blend(request: BlendRequest): Promise<TrainedCandidate | null>;
  onSnapshot(taken: Extract<SnapshotTaken, { outcome: 'taken' }>): void;
  /** Thrown where no candidate could be trained. */
  allFailed(): Error;
}

export interface RunRequest extends SnapshotRequest {
  /** Versions that were rolled back. */
  readonly quarantined: readonly string[];
  /** What earlier exams have used up. */
  readonly exams: ExamRecord;
}

/** Snapshot, candidates side by side, choice on validation, gate on the holdout; what passed is trained once more on all rows. */
export async function findChallenger(request: RunRequest, crew: Crew): Promise<RetrainResult> {
  const { judging } = crew;
  const { project, policy, decisionId, champion, quarantined } = request;
  const taken = await judging.takeSnapshot(request);
  if (taken.outcome === 'blocked') return blockedRun(taken.reason);
  crew.onSnapshot(taken);
  const { snapshotId, fingerprint, candidates, rungs = [] } = taken;
  const run = { project, policy, decisionId, snapshotId };
  const { trained: networks, search } = await trainCandidates(run, candidates, rungs, crew);
  if (networks.length === 0) throw crew.allFailed();
  const blend = blends(request) ? await crew.blend({ ...run, trained: networks }) : null;
  const trained = blend === null ? networks : [...networks, blend];
  const examined = await judging.faceChampion({
    ...run,
    fingerprint,
    champion,
    quarantined,
    trained,
    search,
    exams: request.exams,
  });
  return refits(request, examined) ? await refit(crew, run, candidates, networks, examined) : examined;
}

function blends({ mode, policy }: RunRequest): boolean {
  return mode === 'train' && policy.challenger.blendMembers > 1;
}

/** What is promoted or lent is to know the newest rows; an extract that a person brought ends where they ended it. */
function refits({ mode, policy, trainingData }: RunRequest, { outcome, lends, networks }: RetrainResult): boolean {
  const isUsed = outcome === 'pass' || lends === true;
  return isUsed && policy.challenger.refit && mode === 'train' && trainingData === null && networks.length > 0;
}

async function refit(
  { judging, train }: Crew,
  run: Omit<BlendRequest, 'trained'>,
  candidates: readonly Candidate[],
  networks: readonly TrainedCandidate[],
  examined: RetrainResult,
): Promise<RetrainResult> {
  const attempts = candidates
    .filter(({ id }) => examined.networks.includes(id))
    .map((candidate) => {
      const epochs = networks.find(({ candidateId }) => candidateId === candidate.id)?.bestEpoch ?? 1;
      return train({ ...run, candidate, refit: { epochs } });
    });
  const refitted = (await Promise.all(attempts)).filter((one) => one !== null);
  const { project, policy, decisionId } = run;
  return await judging.adoptRefit({ project, policy, decisionId, examined, refits: refitted });
}
