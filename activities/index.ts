import type { Dependencies } from './dependencies.ts';
import { adoptRefit } from './adopt-refit.ts';
import { blendCandidates } from './blend-candidates.ts';
import { faceChampion } from './face-champion.ts';
import { withHeartbeat } from './heartbeat.ts';
import { lookAtProbation } from './look-at-probation.ts';
import { observe } from './observe.ts';
import { runSwitchStep } from './switch-step.ts';
import { recordDecision } from './record-decision.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { trainCandidate } from './train-candidate.ts';
import { judgeSignals } from './triage.ts';
import type { ControlActivities, TrainingActivities } from './types.ts';

/** The activities of the queue `control`, bound to what they touch. */
export function createControlActivities(deps: Dependencies): ControlActivities {
  return {
    readAliases: ({ model }) => withHeartbeat(() => deps.registry.getAliases(model)),
    appendLedger: (request) => recordDecision(deps, request),
    judgeSignals: (request) => judgeSignals(deps, request),
    takeSnapshot: (request) => takeSnapshot(deps, request),
    faceChampion: (request) => faceChampion(deps, request),
    adoptRefit: (request) => adoptRefit(deps, request),
    runSwitchStep: (request) => runSwitchStep(deps, request),
    lookAtProbation: (request) => lookAtProbation(deps, request),
    observe: (request) => observe(deps, request),
    saveCursor: ({ model, cursor }) => withHeartbeat(() => deps.cursors.write(model, cursor)),
  };
}

/** The activities of the queue `training`. */
export function createTrainingActivities(deps: Dependencies): TrainingActivities {
  return {
    trainCandidate: (request) => trainCandidate(deps, request),
    blendCandidates: (request) => blendCandidates(deps, request),
  };
}
