import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { createControlActivities, createTrainingActivities } from '../../../activities/index.ts';
import type { TrainedCandidate } from '../../../adapters/ports/model-runtime.ts';
import { homeAt } from '../../../config/home.ts';
import { loadProject } from '../../../config/load-project.ts';
import { beginModel, decidedModel as model } from '../../support/decided-model.ts';
import { temporaryFolder } from '../../support/folders.ts';

it('stops a candidate that was left behind, blends what it knows, and tells run, ledger and report', async () => {
  const home = await temporaryFolder();
  const search = { earlyDecisions: 'on', eta: 2, firstEpochs: 1 };
  const { deps, retrain, close } = await beginModel(home, undefined, { search });
  try {
    const { result, report } = await retrain('d1');
    const [one] = result.search!.stopped;
    expect(result.search).toMatchObject({ stopped: [{ epochs: 1 }], epochs: 1 + 4, mostEpochs: 8 });
    expect(result.trainings).toBe(3);
    const run = (await deps.tracking.read({ model, decisionId: 'd1', candidateId: one!.id }))!;
    expect(run).toMatchObject({ status: 'finished', tags: { stoppedEarly: one!.reason } });
    expect(run.metrics.filter(({ name }) => name === 'epochs').map(({ value }) => value)).toEqual([1]);
    const other = one!.id === 'mlp/all' ? 'linear/all' : 'mlp/all';
    const winner = (await deps.tracking.read({ model, decisionId: 'd1', candidateId: other }))!;
    const epochs = winner.metrics.filter(({ name }) => name === 'validationLoss').map(({ step }) => step);
    expect([winner.status, epochs]).toEqual(['finished', [1, 2, 3, 4]]);
    expect(winner.tags).not.toHaveProperty('stoppedEarly');
    const page = await readFile(join(homeAt(home).reports, '..', report!), 'utf8');
    expect(page).toContain('1 stopped early: 5 of at most 8 epochs');
    expect(page).toContain(one!.reason);
  } finally {
    await close();
  }
}, 60_000);

it('goes on at the rung when its worker has died, or at what an attempt had reached after it', async () => {
  const home = await temporaryFolder();
  const { deps, close } = await beginModel(home);
  try {
    const project = { model, directory: join(home, 'project') };
    const { policy } = await loadProject(project.directory);
    const run = { project, policy, decisionId: 'd1' };
    const asked = { mode: 'train', isAskedFor: true, trainingData: null, freshAfterKey: null, champion: null } as const;
    const taken = await createControlActivities(deps).takeSnapshot({ ...run, ...asked });
    if (taken.outcome !== 'taken') throw new Error(taken.reason);
    const candidate = taken.candidates.find(({ id }) => id === 'mlp/all')!;
    const { trainCandidate } = createTrainingActivities(deps);
    /** One attempt of an activity, and the epochs that it took. */
    const attempt = async (leg: { untilEpoch: number | null; resumeFrom: string | null }, reached: string | null) => {
      const heartbeatDetails = reached === null ? undefined : { checkpoint: reached, summary: 'before' };
      const env = new MockActivityEnvironment({ attempt: reached === null ? 1 : 2, heartbeatDetails });
      const epochs = new Set<number>();
      env.on('heartbeat', ({ summary }: { readonly summary: string }) => {
        const epoch = /^epoch (\d+)/.exec(summary)?.[1];
        if (epoch !== undefined) epochs.add(Number(epoch));
      });
      const request = { ...run, snapshotId: taken.snapshotId, candidate, refit: null, ...leg };
      const trained = (await env.run(trainCandidate, request)) as TrainedCandidate;
      return { trained, epochs: [...epochs] };
    };
    const whole = await attempt({ untilEpoch: null, resumeFrom: null }, null);
    const atRung = await attempt({ untilEpoch: 1, resumeFrom: null }, null);
    const rung = `${atRung.trained.checkpoint!}.rung`;
    await copyFile(atRung.trained.checkpoint!, rung);
    const later = await attempt({ untilEpoch: 2, resumeFrom: rung }, null);
    const reached = `${later.trained.checkpoint!}.reached`;
    await copyFile(later.trained.checkpoint!, reached);
    const fromRung = await attempt({ untilEpoch: null, resumeFrom: rung }, null);
    const fromReached = await attempt({ untilEpoch: null, resumeFrom: rung }, reached);
    expect([whole, atRung, later, fromRung, fromReached].map(({ epochs }) => epochs)).toEqual([
      [1, 2, 3, 4],
      [1],
      [2],
      [2, 3, 4],
      [3, 4],
    ]);
    for (const { trained } of [fromRung, fromReached]) expect(trained.weightsSha256).toBe(whole.trained.weightsSha256);
  } finally {
    await close();
  }
}, 60_000);
