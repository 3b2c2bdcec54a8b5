import type { Triage } from '../domain/lifecycle/results.ts';
import { isAskedFor } from '../domain/lifecycle/signals.ts';
import type { Dependencies } from './dependencies.ts';
import type { ServedRows } from './gather-rows.ts';
import { withHeartbeat } from './heartbeat.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { prepareTraining } from './train-candidate.ts';
import type { SnapshotRequest, SnapshotTaken, TriageRequest } from './types.ts';

/**
 * Snapshots that are begun as soon as triage calls for them, and after them the examples to train on. To start a run takes Temporal as long as to take its snapshot: when the
 * run asks for it, on this worker, it is there. On another worker, after a restart, on a second try, or when something was changed in between, it is taken then. What was begun in vain is
 * a file that nobody names.
 */
export interface SnapshotsAhead {
  /** @param served what triage has read */
  begin(request: TriageRequest, triage: Triage, served: ServedRows | null): void;
  take(request: SnapshotRequest): Promise<SnapshotTaken>;
}

interface Begun {
  readonly key: string;
  readonly taken: Promise<SnapshotTaken>;
}

export function takeSnapshotsAhead(deps: Dependencies): SnapshotsAhead {
  /** The newest of each model. */
  const begun = new Map<string, Begun>();
  return {
    begin(request, triage, served) {
      const wanted = snapshotFor(request, triage);
      if (wanted === null) return;
      const taken = takeSnapshot(deps, wanted, served);
      // Whoever asks for what failed here tries again, and hears why.
      taken.then((one) => prepareCandidates(deps, wanted, one)).catch(() => undefined);
      begun.set(wanted.project.model, { key: keyOf(wanted), taken });
    },
    take: (request) =>
      withHeartbeat(async () => {
        const { model } = request.project;
        const ahead = begun.get(model);
        begun.delete(model);
        const taken = ahead?.key === keyOf(request) ? await ahead.taken.catch(() => null) : null;
        return taken ?? (await takeSnapshot(deps, request));
      }),
  };
}

/** What the run will ask for that follows from this triage; null where none does, or its asker did not say. */
function snapshotFor(
  { project, policy, champion, signals, run }: TriageRequest,
  { action }: Triage,
): SnapshotRequest | null {
  if (run === undefined || (action !== 'retrain' && action !== 'recalibrate')) return null;
  const mode = action === 'retrain' ? 'train' : action;
  return { project, policy, champion, mode, isAskedFor: isAskedFor(signals), ...run };
}

/** Those of the first candidate's window: of all that is trained, this is waited for first. */
async function prepareCandidates(
  deps: Dependencies,
  { project, policy, decisionId }: SnapshotRequest,
  taken: SnapshotTaken,
): Promise<void> {
  if (taken.outcome === 'blocked') return;
  const { snapshotId, candidates } = taken;
  const [candidate] = candidates;
  if (candidate === undefined || 'recalibrates' in candidate) return;
  const run = { project, policy, decisionId, snapshotId, candidate, refit: null };
  await prepareTraining(deps, run, candidate);
}

function keyOf(request: SnapshotRequest): string {
  const { project, decisionId, policy, mode, isAskedFor: asked, trainingData, freshAfterKey, champion } = request;
  return JSON.stringify([project, decisionId, policy, mode, asked, trainingData, freshAfterKey, champion]);
}
