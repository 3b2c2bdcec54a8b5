import type { Activities } from './temporal.ts';
import { gateResult } from './lifecycle.ts';
import type { SwitchStep } from '../../domain/lifecycle/switch.ts';
import type { CandidateSpec, TrainedCandidate } from '../../adapters/ports/model-runtime.ts';

export function candidate(id: string): CandidateSpec {
  return {
    id,
    hiddenUnits: [],
    window: 'all',
    optimizer: 'adam',
    learningRate: 0.01,
    batchSize: 32,
    maxEpochs: 5,
    patience: 2,
    l2: 0,
    classWeights: false,
    buildModule: null,
  };
}

export function trained(candidateId: string): TrainedCandidate {
  return {
    candidateId,
    packageDirectory: `packages/${candidateId}`,
    parameters: 7,
    epochs: 5,
    bestEpoch: 3,
    trainSeconds: 1,
    beganAtMs: 0,
    checkpoint: null,
    validationLoss: 0.4,
    weightsSha256: 'w',
  };
}

/** Activities that touch nothing: a workflow test decides what the world answers. Steps that ran are pushed to `steps`. */
export function scriptedActivities(steps: SwitchStep[], changes: Partial<Activities> = {}): Activities {
  return {
    readAliases: () => Promise.resolve({ champion: '1', previous: '0', challenger: null }),
    appendLedger: () => Promise.resolve(null),
    judgeSignals: () => Promise.resolve({ action: 'retrain', reason: 'performance was lost' }),
    takeSnapshot: () =>
      Promise.resolve({
        outcome: 'taken',
        snapshotId: 's2',
        lastKey: 'k2',
        fingerprint: 'f2',
        candidates: [candidate('linear/all'), candidate('mlp/all')],
        summary: 'a snapshot',
      }),
    trainCandidate: (request) => Promise.resolve(trained(request.candidate.id)),
    blendCandidates: () => Promise.resolve(null),
    compareCandidates: ({ trained: compared }) =>
      Promise.resolve({ goOn: compared.map(({ candidateId }) => candidateId), stopped: [] }),
    faceChampion: () => Promise.resolve(gateResult()),
    adoptRefit: ({ examined }) => Promise.resolve({ ...examined, reason: `${examined.reason}; refit` }),
    runSwitchStep: ({ step }) => {
      steps.push(step);
      return Promise.resolve();
    },
    lookAtProbation: () => Promise.reject(new Error('not scripted')),
    followLabels: () => Promise.reject(new Error('not scripted')),
    removeVersions: () => Promise.reject(new Error('not scripted')),
    observe: () => Promise.reject(new Error('not scripted')),
    saveCursor: () => Promise.resolve(),
    ...changes,
  };
}
