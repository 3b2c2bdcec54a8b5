import type { Dependencies } from './dependencies.ts';
import { adoptRefit } from './adopt-refit.ts';
import { blendCandidates } from './blend-candidates.ts';
import { compareCandidates } from './compare-candidates.ts';
import { aboutExamined } from './examined-version.ts';
import { faceChampion } from './face-champion.ts';
import { followLabels } from './follow-labels.ts';
import { withHeartbeat } from './heartbeat.ts';
import { lookAtProbation } from './look-at-probation.ts';
import { observe } from './observe.ts';
import { runSwitchStep } from './switch-step.ts';
import { recordDecision } from './record-decision.ts';
import { takeSnapshotsAhead } from './snapshots-ahead.ts';
import { tellBlend, tellRecord, tellSnapshot, tellVerdict } from './telling/tell-decision.ts';
import { trainAndTell } from './telling/tell-training.ts';
import { removeVersions } from './remove-versions.ts';
import { judgeSignals } from './triage.ts';
import type { ControlActivities, TrainingActivities } from './types.ts';

/** The activities of the queue `control`, bound to what they touch. */
export function createControlActivities(deps: Dependencies): ControlActivities {
  const snapshots = takeSnapshotsAhead(deps);
  return {
    readAliases: ({ model }) => withHeartbeat(() => deps.registry.getAliases(model)),
    appendLedger: (request) => andTell(recordDecision(deps, request), () => tellRecord(deps, request)),
    judgeSignals: async (request) => {
      const asked = await aboutExamined(deps, request);
      const { triage, served } = await judgeSignals(deps, asked);
      snapshots.begin(asked, triage, served);
      return triage;
    },
    takeSnapshot: async (request) => {
      const asked = await aboutExamined(deps, request);
      return await andTell(snapshots.take(asked), (taken) => tellSnapshot(deps, asked, taken));
    },
    compareCandidates: (request) => withHeartbeat(() => compareCandidates(deps, request)),
    faceChampion: async (request) => {
      const asked = await aboutExamined(deps, request);
      return await andTell(faceChampion(deps, asked), (result) => tellVerdict(deps, asked, result));
    },
    adoptRefit: (request) => andTell(adoptRefit(deps, request), (result) => tellVerdict(deps, request, result)),
    runSwitchStep: (request) => runSwitchStep(deps, request),
    lookAtProbation: async (request) => lookAtProbation(deps, await aboutExamined(deps, request)),
    followLabels: (request) => followLabels(deps, request),
    removeVersions: (request) => removeVersions(deps, request),
    observe: (request) => observe(deps, request),
    saveCursor: ({ model, cursor }) => withHeartbeat(() => deps.cursors.write(model, cursor)),
  };
}

/** The activities of the queue `training`. */
export function createTrainingActivities(deps: Dependencies): TrainingActivities {
  return {
    trainCandidate: (request) => trainAndTell(deps, request),
    blendCandidates: (request) => andTell(blendCandidates(deps, request), (blend) => tellBlend(deps, request, blend)),
  };
}

/** What was done, when its run has been told. */
async function andTell<T>(done: Promise<T>, tell: (result: T) => Promise<void>): Promise<T> {
  const result = await done;
  await tell(result);
  return result;
}
