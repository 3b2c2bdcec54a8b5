import { describe, expect, it } from 'vitest';
import type { BlendRequest, GateRequest, RefitRequest, TrainingRequest } from '../../../activities/types.ts';
import type { RetrainResult } from '../../../domain/lifecycle/results.ts';
import { findChallenger, type Crew, type RunRequest } from '../../../workflows/find-challenger.ts';
import { candidate, trained } from '../../support/activities.ts';
import { gateResult } from '../../support/lifecycle.ts';
import { testPolicy } from '../../support/policy.ts';

const request = (changes: Partial<RunRequest> = {}): RunRequest => ({
  project: { model: 'prices', directory: '/projects/prices' },
  policy: { ...testPolicy, challenger: { blendMembers: 4, blendVersions: 8, refit: true } },
  decisionId: 'd1',
  mode: 'train',
  isAskedFor: false,
  trainingData: null,
  freshAfterKey: null,
  quarantined: ['7'],
  champion: '1',
  ...changes,
});

interface Heard {
  readonly trainings: TrainingRequest[];
  readonly blends: BlendRequest[];
  readonly exams: GateRequest[];
  readonly refits: RefitRequest[];
}

/** Everybody does what is asked; `result` is what the gate says. */
function createCrew(result: Partial<RetrainResult>, changes: Partial<Crew> = {}): { crew: Crew; heard: Heard } {
  const heard: Heard = { trainings: [], blends: [], exams: [], refits: [] };
  const crew: Crew = {
    judging: {
      takeSnapshot: () =>
        Promise.resolve({
          outcome: 'taken',
          snapshotId: 's2',
          lastKey: 'k2',
          fingerprint: 'f2',
          candidates: [candidate('linear/all'), candidate('mlp/all')],
          summary: 'a snapshot',
        }),
      faceChampion: (exam) => {
        heard.exams.push(exam);
        return Promise.resolve(gateResult(result));
      },
      adoptRefit: (refit) => {
        heard.refits.push(refit);
        return Promise.resolve({ ...refit.examined, version: '3' });
      },
    },
    train: (one) => {
      heard.trainings.push(one);
      return Promise.resolve(trained(one.candidate.id));
    },
    blend: (one) => {
      heard.blends.push(one);
      return Promise.resolve(trained('blend'));
    },
    onSnapshot: () => undefined,
    allFailed: () => new Error('no candidate could be trained'),
    ...changes,
  };
  return { crew, heard };
}

const namesOf = (requests: readonly TrainingRequest[]) => requests.map(({ candidate: { id }, refit }) => [id, refit]);

describe('a retraining run', () => {
  it('lets the blend of what was trained stand beside its networks', async () => {
    const { crew, heard } = createCrew({ outcome: 'fail' });
    await findChallenger(request(), crew);
    expect(heard.blends[0]!.trained.map(({ candidateId }) => candidateId)).toEqual(['linear/all', 'mlp/all']);
    expect(heard.exams[0]!.trained.map(({ candidateId }) => candidateId)).toEqual(['linear/all', 'mlp/all', 'blend']);
  });

  it('trains the networks of what passed once more on all rows, for as long as was best', async () => {
    const { crew, heard } = createCrew({ outcome: 'pass', networks: ['mlp/all'] });
    const result = await findChallenger(request(), crew);
    expect(namesOf(heard.trainings)).toEqual([
      ['linear/all', null],
      ['mlp/all', null],
      ['mlp/all', { epochs: 3 }],
    ]);
    expect(heard.refits[0]!.refits.map(({ candidateId }) => candidateId)).toEqual(['mlp/all']);
    expect(result.version).toBe('3');
  });

  it.each([
    ['what did not pass', { outcome: 'inconclusive' as const, networks: ['mlp/all'] }, {}],
    ['a recalibration', { outcome: 'pass' as const, networks: [] }, { mode: 'recalibrate' as const }],
    ['an extract', { outcome: 'pass' as const, networks: ['mlp/all'] }, { trainingData: '/extract.csv' }],
    ['earlier networks alone', { outcome: 'pass' as const, networks: [] }, {}],
  ])('trains nothing twice after %s', async (_what, result, changes) => {
    const { crew, heard } = createCrew(result, {});
    await findChallenger(request(changes), crew);
    expect(heard.refits).toEqual([]);
    expect(heard.trainings.every(({ refit }) => refit === null)).toBe(true);
  });

  it('neither blends nor refits where the policy says so', async () => {
    const { crew, heard } = createCrew({ outcome: 'pass', networks: ['mlp/all'] });
    await findChallenger(request({ policy: testPolicy }), crew);
    expect([heard.blends, heard.refits]).toEqual([[], []]);
  });

  it('goes on without a candidate that failed, and gives up when all did', async () => {
    const some = createCrew({ outcome: 'fail' });
    const failing = (one: TrainingRequest) =>
      one.candidate.id === 'mlp/all' ? Promise.resolve(null) : some.crew.train(one);
    await findChallenger(request(), { ...some.crew, train: failing });
    expect(some.heard.exams[0]!.trained.map(({ candidateId }) => candidateId)).toEqual(['linear/all', 'blend']);
    const none = createCrew({ outcome: 'fail' }, { train: () => Promise.resolve(null) });
    await expect(findChallenger(request(), none.crew)).rejects.toThrow('no candidate could be trained');
  });
});
