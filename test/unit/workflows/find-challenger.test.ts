import { describe, expect, it } from 'vitest';
import type {
  BlendRequest,
  GateRequest,
  RefitRequest,
  RungRequest,
  TrainingRequest,
} from '../../../activities/types.ts';
import type { TrainedCandidate } from '../../../adapters/ports/model-runtime.ts';
import { noExams } from '../../../domain/lifecycle/exams.ts';
import type { RetrainResult } from '../../../domain/lifecycle/results.ts';
import { judgeRung, type Standing } from '../../../domain/search/successive-halving.ts';
import { findChallenger, type Crew, type RunRequest } from '../../../workflows/find-challenger.ts';
import { candidate, trained } from '../../support/activities.ts';
import { gateResult } from '../../support/lifecycle.ts';
import { testPolicy } from '../../support/policy.ts';

const request = (changes: Partial<RunRequest> = {}): RunRequest => ({
  project: { model: 'prices', directory: '/projects/prices' },
  policy: { ...testPolicy, challenger: { ...testPolicy.challenger, blendMembers: 4, blendVersions: 8, refit: true } },
  decisionId: 'd1',
  mode: 'train',
  isAskedFor: false,
  trainingData: null,
  freshAfterKey: null,
  quarantined: ['7'],
  champion: '1',
  exams: noExams,
  ...changes,
});

interface Heard {
  readonly trainings: TrainingRequest[];
  readonly blends: BlendRequest[];
  readonly exams: GateRequest[];
  readonly refits: RefitRequest[];
  readonly rungs: RungRequest[];
}

const standingOf = ({ candidateId, validationLoss, checkpoint }: TrainedCandidate): Standing => ({
  id: candidateId,
  validationLoss,
  isDone: checkpoint === null,
});

/** Everybody does what is asked; `result` is what the gate says. */
function createCrew(result: Partial<RetrainResult>, changes: Partial<Crew> = {}): { crew: Crew; heard: Heard } {
  const heard: Heard = { trainings: [], blends: [], exams: [], refits: [], rungs: [] };
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
      compareCandidates: (rung) => {
        heard.rungs.push(rung);
        return Promise.resolve(judgeRung(rung.rung, rung.trained.map(standingOf)));
      },
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
    onStopped: () => undefined,
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

  it('examines a recalibrated champion, which is named by its calibrator too', async () => {
    const { crew, heard } = createCrew({ outcome: 'fail' });
    const judging = {
      ...crew.judging,
      takeSnapshot: (asked: RunRequest) =>
        crew.judging.takeSnapshot(asked).then((taken) => ({
          ...taken,
          candidates: [{ id: 'recalibrated', recalibrates: '1' }],
        })),
    };
    const train = () => Promise.resolve(trained('recalibrated/line'));
    await findChallenger(request({ mode: 'recalibrate' }), { ...crew, judging, train });
    expect(heard.exams[0]!.trained.map(({ candidateId }) => candidateId)).toEqual(['recalibrated/line']);
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

  it('trains networks that are lent once more, too, so that they know the newest rows', async () => {
    const { crew, heard } = createCrew({ outcome: 'inconclusive', lends: true, networks: ['mlp/all'] });
    const result = await findChallenger(request(), crew);
    expect(heard.refits).toHaveLength(1);
    expect(result).toMatchObject({ outcome: 'inconclusive', lends: true, version: '3' });
  });

  it('neither blends nor refits where the policy says so', async () => {
    const { crew, heard } = createCrew({ outcome: 'pass', networks: ['mlp/all'] });
    await findChallenger(request({ policy: testPolicy }), crew);
    expect([heard.blends, heard.refits]).toEqual([[], []]);
  });

  it('stops candidates that were left behind, goes on from checkpoints, and says what was saved', async () => {
    const { crew, heard } = createCrew({ outcome: 'fail' });
    const losses: Readonly<Record<string, number>> = { a: 0.5, b: 0.3, c: 0.4, d: 0.6 };
    const running = {
      ...crew,
      judging: {
        ...crew.judging,
        takeSnapshot: (asked: RunRequest) =>
          crew.judging.takeSnapshot(asked).then((taken) => ({
            ...taken,
            candidates: Object.keys(losses).map(candidate),
            rungs: [
              { epochs: 1, keep: 2 },
              { epochs: 2, keep: 1 },
            ],
          })),
      },
      train(one: TrainingRequest) {
        heard.trainings.push(one);
        const { id } = one.candidate;
        const epochs = one.untilEpoch ?? 5;
        const checkpoint = one.untilEpoch === null ? null : `${id} at ${epochs}`;
        return Promise.resolve({ ...trained(id), validationLoss: losses[id]!, epochs, checkpoint });
      },
    };
    await findChallenger(request(), running);
    expect(
      heard.trainings.map(({ candidate: { id }, untilEpoch, resumeFrom }) => [id, untilEpoch, resumeFrom]),
    ).toEqual([
      ...['a', 'b', 'c', 'd'].map((id) => [id, 1, null]),
      ['b', 2, 'b at 1'],
      ['c', 2, 'c at 1'],
      ['b', null, 'b at 2'],
    ]);
    expect(heard.rungs.map((rung) => rung.trained.map(({ candidateId }) => candidateId))).toEqual([
      ['a', 'b', 'c', 'd'],
      ['b', 'c'],
    ]);
    const { search, trained: examined } = heard.exams[0]!;
    expect(examined.map(({ candidateId, epochs }) => [candidateId, epochs])).toEqual([
      ['a', 1],
      ['b', 5],
      ['c', 2],
      ['d', 1],
      ['blend', 5],
    ]);
    expect(search).toMatchObject({ epochs: 9, mostEpochs: 20 });
    expect(search!.stopped.map(({ id, epochs }) => [id, epochs])).toEqual([
      ['a', 1],
      ['d', 1],
      ['c', 2],
    ]);
  });

  it('keeps what a candidate was at a rung when it fails later on', async () => {
    const { crew, heard } = createCrew({ outcome: 'fail' });
    const judging = {
      ...crew.judging,
      takeSnapshot: (asked: RunRequest) =>
        crew.judging.takeSnapshot(asked).then((taken) => ({ ...taken, rungs: [{ epochs: 1, keep: 1 }] })),
    };
    const train = ({ candidate: { id }, untilEpoch }: TrainingRequest) =>
      Promise.resolve(untilEpoch === 1 ? { ...trained(id), epochs: 1, checkpoint: 'c' } : null);
    await findChallenger(request(), { ...crew, judging, train });
    expect(heard.exams[0]!.trained.map(({ candidateId, epochs }) => [candidateId, epochs])).toEqual([
      ['linear/all', 1],
      ['mlp/all', 1],
      ['blend', 5],
    ]);
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
