import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { readExaminedOutcomes } from '../../../activities/examined-version.ts';
import { findRemovableVersions } from '../../../activities/find-removable-versions.ts';
import { removeVersions } from '../../../activities/remove-versions.ts';
import { RegistryError } from '../../../adapters/ports/registry.ts';
import { openPredictionLog } from '../../../adapters/store/prediction-log.ts';
import { homeAt, type Home } from '../../../config/home.ts';
import type { Policy } from '../../../domain/project.ts';
import { compose } from '../../../worker/compose.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { testPolicy } from '../../support/policy.ts';
import { prediction, priceSchema as schema } from '../../support/predictions.ts';
import { makePackage } from '../../support/registry-contract.ts';

const model = 'electricity';
const project = { model, directory: 'nowhere' };
const policy: Policy = { ...testPolicy, versions: { keep: 2, pinned: [] } };
let home: Home;
let deps: Dependencies;

/** Version 1 serves as version 2, which follows the labels; 3 to 8 were turned down, and 5 lends. */
beforeEach(async () => {
  home = homeAt(await temporaryFolder());
  deps = await compose(home);
  const packageDirectory = await makePackage();
  for (let version = 1; version <= 8; version += 1) {
    const tags: Record<string, string> = version === 2 ? { followOf: '1' } : {};
    await deps.registry.register({ model, idempotencyKey: String(version), packageDirectory, tags });
  }
  await deps.registry.setAlias(model, 'champion', '2');
  const evidence = { version: '5', lends: true };
  await deps.ledger.append(model, { id: 'd/gate', kind: 'gate: fail', atMs: 0, summary: '', evidence });
});

const found = async (changes: Partial<Dependencies> = {}, kept = policy) => {
  const { versions, failure } = await findRemovableVersions({ ...deps, ...changes }, model, kept, '1');
  return failure ?? versions.map(({ version }) => version);
};

describe('old versions of a model', () => {
  it('are found where they neither serve nor lend, and their files are removed', async () => {
    expect(await found()).toEqual(['3', '4', '6']);
    expect(await removeVersions(deps, { project, versions: ['3', '4', '6'] })).toEqual({
      removed: ['3', '4', '6'],
      unremoved: null,
    });
    await expect(deps.registry.fetchPackage(model, '3')).rejects.toMatchObject({ code: 'package-removed' });
    for (const version of ['1', '2', '5', '7', '8']) await deps.registry.fetchPackage(model, version);
    expect(await found()).toEqual([]);
  });

  it('are none where all are kept, and in a backtest', async () => {
    expect(await found({}, testPolicy)).toEqual([]);
    expect(await found({ retention: null })).toEqual([]);
  });

  it('that can not be listed are told, and keep nobody from looking', async () => {
    await writeFile(join(home.registry, model, 'versions', '4', 'version.json'), '{');
    expect(await found()).toMatch(/^no old version could be removed: /);
  });

  it('that can not be removed are told with the first reason, and keep no other', async () => {
    await deps.registry.setAlias(model, 'challenger', '3');
    expect(await removeVersions(deps, { project, versions: ['3', '4', '99'] })).toEqual({
      removed: ['4'],
      unremoved: {
        versions: ['3', '99'],
        reason: 'the package of electricity version 3 is not removed: the version is called challenger',
      },
    });
  });

  it('are not asked for one by one where the registry is away', async () => {
    let asked = 0;
    const removePackage = (): Promise<void> => {
      asked += 1;
      return Promise.reject(new RegistryError('unavailable', 'MLflow does not answer'));
    };
    const away = { registry: { ...deps.registry, removePackage } };
    const unremoved = { versions: ['3'], reason: 'MLflow does not answer' };
    expect(await removeVersions(away, { project, versions: ['3', '4', '6'] })).toEqual({ removed: [], unremoved });
    expect(asked).toBe(1);
  });
});

describe('what a removed version answered', () => {
  it('still takes its outcomes, and is known as the version that it was made of', async () => {
    const log = await openPredictionLog({ directory: home.store, replicaId: 'r1' });
    await log.appendPredictions(model, [prediction(1, { version: '2' }), prediction(2, { version: '3' })]);
    await deps.registry.setAlias(model, 'champion', '8');
    await removeVersions(deps, { project, versions: ['1', '2', '3'] });
    const ids = [prediction(1).id, prediction(2).id];
    expect([...(await log.findPredictions(model, ids)).keys()]).toEqual(ids);
    await log.appendLabels(
      model,
      ids.map((id) => ({ id, label: 'yes', atMs: 1 })),
    );
    await log.close();
    const { versions, labels } = await readExaminedOutcomes(deps, { model, schema });
    expect(versions).toEqual(['1', '3']);
    expect([...labels]).toEqual([1, 1]);
  });
});
