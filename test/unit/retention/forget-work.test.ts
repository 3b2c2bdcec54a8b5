import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { recordDecision } from '../../../activities/record-decision.ts';
import { homeAt } from '../../../config/home.ts';
import { standingOf } from '../../../domain/lifecycle/standing.ts';
import { compose } from '../../../worker/compose.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { serving } from '../../support/lifecycle.ts';

const project = { model: 'prices', directory: 'nowhere' };

const record = (deps: Dependencies, id: string, kind: string) =>
  recordDecision(
    { ...deps, reports: null },
    {
      project,
      record: { id, kind, atMs: 0, summary: '', evidence: null },
      standing: standingOf(serving().state, 0),
    },
  );

it('what a retraining left in its work folder goes when its end is on record, and no earlier', async () => {
  const home = homeAt(await temporaryFolder());
  const deps = await compose(home);
  const folders = ['d1', 'd2'].map((id) => join(home.work, id));
  for (const folder of folders) {
    await mkdir(join(folder, 'linear-all'), { recursive: true });
    await writeFile(join(folder, 'linear-all', 'checkpoint.bin'), 'weights');
  }
  await record(deps, 'd1/triage', 'triage: retrain');
  expect(folders.map((folder) => existsSync(folder))).toEqual([true, true]);
  await record(deps, 'd1/gate', 'gate: fail');
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, true]);
  await record(deps, 'd2/failed', 'retraining failed');
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
  const broken = { ...deps, runtime: { ...deps.runtime, forget: () => Promise.reject(new Error('read-only')) } };
  expect(await record(broken, 'd3/gate', 'gate: fail')).toBeNull();
  expect((await deps.ledger.read('prices')).map(({ id }) => id)).toContain('d3/gate');
});
