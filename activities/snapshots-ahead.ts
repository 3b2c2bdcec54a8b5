import type { Triage } from '../domain/lifecycle/results.ts';
import { isAskedFor } from '../domain/lifecycle/signals.ts';
import type { Dependencies } from './dependencies.ts';
import type { ServedRows } from './gather-rows.ts';
import { withHeartbeat } from './heartbeat.ts';
import { takeSnapshot } from './take-snapshot.ts';
import type { SnapshotRequest, SnapshotTaken, TriageRequest } from './types.ts';

/**
 * Snapshots that are begun as soon as triage calls for them. To start a run takes Temporal as long as to take its snapshot: when the run asks for it, on this worker, it
 * is there. On another worker, after a restart, on a second try, or when something was changed in between, it is taken then. What was begun in vain is
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
      // Whoever asks for it hears why it failed, by trying again.
      taken.catch(() => undefined);
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

function keyOf(request: SnapshotRequest): string {
  const { project, decisionId, policy, mode, isAskedFor: asked, trainingData, freshAfterKey, champion } = request;
  return JSON.stringify([project, decisionId, policy, mode, asked, trainingData, freshAfterKey, champion]);
}
