import { expect, it } from 'vitest';
import { chooseChallenger } from '../../../activities/choose-challenger.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import type { CostJob, TrainedCandidate } from '../../../adapters/ports/model-runtime.ts';
import type { Snapshot } from '../../../adapters/ports/store.ts';
import { trained } from '../../support/activities.ts';

const snapshot = { split: { validation: { from: 10, to: 20 } } } as unknown as Snapshot;
const losses: Readonly<Record<string, readonly number[]>> = {
  best: [0, 1, 0, 1, 0, 0.1],
  tied: [0.1, 0.9, 0, 1, 0, 0.2],
  worse: [1, 2, 1, 2, 1, 1.1],
};
const bytesOf: Readonly<Record<string, number>> = { best: 900, tied: 100, worse: 1, champion: 500 };
const nameOf = (directory: string) => directory.split('/').at(-1)!;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function candidates(): TrainedCandidate[] {
  return Object.keys(losses).map((id) => ({ ...trained(id), validationLoss: mean(losses[id]!) }));
}

function dependencies(jobs: CostJob[]): Dependencies {
  return {
    packages: {
      readValidationLosses: (directory: string) => Promise.resolve(Float64Array.from(losses[nameOf(directory)]!)),
    },
    runtime: {
      measureCosts: (job: CostJob) => {
        jobs.push(job);
        return Promise.resolve(job.packageDirectories.map((one) => ({ bytes: bytesOf[nameOf(one)]!, speed: null })));
      },
    },
  } as unknown as Dependencies;
}

it('takes the cheapest of those that validation can’t tell from the best, measured beside the champion', async () => {
  const jobs: CostJob[] = [];
  const choice = await chooseChallenger(dependencies(jobs), candidates(), snapshot, 'registry/champion');
  expect(choice).toMatchObject({
    chosen: { candidateId: 'tied' },
    costs: { challenger: { bytes: 100 }, champion: { bytes: 500 } },
    challengerSimpler: true,
  });
  expect(jobs).toEqual([
    {
      packageDirectories: ['packages/best', 'packages/tied', 'registry/champion'],
      snapshot,
      range: { from: 10, to: 20 },
    },
  ]);
});

it('calls no challenger simpler where there is no champion', async () => {
  const choice = await chooseChallenger(dependencies([]), candidates(), snapshot, null);
  expect(choice).toMatchObject({ costs: { champion: null }, challengerSimpler: false });
});

it('refuses to choose among candidates of which none has a loss', async () => {
  const none = candidates().map((one) => ({ ...one, validationLoss: Number.NaN }));
  await expect(chooseChallenger(dependencies([]), none, snapshot, null)).rejects.toThrow('no candidate has a finite');
});
