import type { Candidate, TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import type { BlendRequest, ControlActivities, TrainingRequest } from '../activities/types.ts';
import type { Rung, SearchAccount, StoppedCandidate } from '../domain/search/successive-halving.ts';

/** Who trains, and who says which candidates go on. */
export interface Trainers {
  readonly judging: Pick<ControlActivities, 'compareCandidates'>;
  train(request: TrainingRequest): Promise<TrainedCandidate | null>;
  onStopped(stopped: readonly StoppedCandidate[]): void;
}

export interface Networks {
  /** In the order of the candidates; those that were stopped as far as they came. */
  readonly trained: readonly TrainedCandidate[];
  /** Null where nobody was compared on the way. */
  readonly search: SearchAccount | null;
}

interface Runner {
  readonly candidate: Candidate;
  /** As far as it came; null before its first epoch. */
  readonly last: TrainedCandidate | null;
}

/** Trains candidates side by side; at each rung those that were left behind stop, and the others go on from their checkpoints. */
export async function trainCandidates(
  run: Omit<BlendRequest, 'trained'>,
  candidates: readonly Candidate[],
  rungs: readonly Rung[],
  { judging, train, onStopped }: Trainers,
): Promise<Networks> {
  const known = new Map<string, TrainedCandidate>();
  const stopped: StoppedCandidate[] = [];
  let runners: readonly Runner[] = candidates.map((candidate) => ({ candidate, last: null }));
  const trainUntil = async (untilEpoch: number | null): Promise<void> => {
    const attempts = runners.map(({ candidate, last }) =>
      train({ ...run, candidate, refit: null, untilEpoch, resumeFrom: last?.checkpoint ?? null }),
    );
    // One that fails later on stays as far as it came. A recalibrated one names its calibrator, too: by what was asked for, none is missed.
    for (const [index, one] of (await Promise.all(attempts)).entries())
      if (one !== null) known.set(runners[index]!.candidate.id, one);
  };
  const standing = (): readonly TrainedCandidate[] =>
    candidates.map(({ id }) => known.get(id)).filter((one) => one !== undefined);

  for (const rung of rungs) {
    await trainUntil(rung.epochs);
    const verdict = await judging.compareCandidates({ ...run, rung, trained: contenders(standing(), stopped) });
    stopped.push(...verdict.stopped);
    onStopped(verdict.stopped);
    runners = candidates
      .filter(({ id }) => verdict.goOn.includes(id))
      .map((candidate) => ({ candidate, last: known.get(candidate.id) ?? null }));
    if (runners.length === 0) break;
  }
  if (runners.length > 0) await trainUntil(null);
  return { trained: standing(), search: rungs.length === 0 ? null : account(candidates, standing(), stopped) };
}

function contenders(
  trained: readonly TrainedCandidate[],
  stopped: readonly StoppedCandidate[],
): readonly TrainedCandidate[] {
  return trained.filter(({ candidateId }) => !stopped.some(({ id }) => id === candidateId));
}

function account(
  candidates: readonly Candidate[],
  trained: readonly TrainedCandidate[],
  stopped: readonly StoppedCandidate[],
): SearchAccount {
  return {
    stopped,
    epochs: trained.reduce((sum, { epochs }) => sum + epochs, 0),
    mostEpochs: candidates.reduce((sum, one) => sum + ('maxEpochs' in one ? one.maxEpochs : 0), 0),
  };
}
