import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../adapters/ledger/file-ledger.ts';
import { openEmbeddedRegistry } from '../../../adapters/registry/embedded.ts';
import { formatVersions } from '../../../client/versions/format-versions.ts';
import { listVersions } from '../../../client/versions/list-versions.ts';
import { homeAt } from '../../../config/home.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { testPolicy } from '../../support/policy.ts';
import { makePackage } from '../../support/registry-contract.ts';

const model = 'prices';

/** Version 3 serves as version 5, which follows the labels; 1 is gone, and 2 lent its networks until 3 was promoted. */
async function makeHome(): Promise<string> {
  const home = await temporaryFolder();
  const registry = await openEmbeddedRegistry({ directory: homeAt(home).registry });
  const packageDirectory = await makePackage();
  const register = (key: string, tags: Readonly<Record<string, string>>) =>
    registry.register({ model, idempotencyKey: key, packageDirectory, tags });
  for (const key of ['1', '2', '3', '4']) await register(key, { candidate: 'linear/all', gate: 'pass' });
  await register('5', { candidate: 'followed', gate: 'pass', followOf: '3' });
  await registry.setAlias(model, 'champion', '5');
  await registry.removePackage(model, '1');
  const ledger = await openLedger({ directory: homeAt(home).ledger });
  const told = { atMs: 0, summary: '' };
  const gate = { ...told, kind: 'gate: fail' };
  await ledger.append(model, { ...gate, id: '1/gate', evidence: { version: '2', lends: true } });
  await ledger.append(model, { ...told, kind: 'promotion', id: '2/done', evidence: { after: { champion: '3' } } });
  await ledger.append(model, { ...gate, id: '3/gate', evidence: { version: '4', lends: true } });
  return home;
}

const client = {
  policy: () => Promise.resolve({ ...testPolicy, versions: { keep: 1, pinned: [] } }),
  neededVersions: () => Promise.resolve([{ version: '5', why: 'champion' }]),
};

describe('incumbent versions', () => {
  it('tells of each version what it is, and why its files stay or go', async () => {
    const shown = await listVersions(client, { model, home: await makeHome() });
    expect(
      formatVersions(shown)
        .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
        .split('\n'),
    ).toEqual([
      `version  made${' '.repeat(18)}what                    gate  files`,
      '1        TIME  linear/all              pass  removed TIME',
      '2        TIME  linear/all              pass  go',
      '3        TIME  linear/all              pass  kept: version 5 is made of its networks',
      '4        TIME  linear/all              pass  kept: lends its networks to the champion',
      '5        TIME  followed, of version 3  pass  kept: champion',
      '',
      '5 versions, 4 with their files; those of 1 go at the next look',
    ]);
  });

  it('shows what another number would keep', async () => {
    const shown = await listVersions(client, { model, home: await makeHome(), keep: 4 });
    expect(shown.map(({ kept }) => kept)[1]).toBe('one of the newest 4');
  });

  it('says that there is none', () => {
    expect(formatVersions([])).toBe('there is no version yet');
  });
});
