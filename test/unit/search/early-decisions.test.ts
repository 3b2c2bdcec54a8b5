import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { homeAt } from '../../../config/home.ts';
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
