import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';
import type { PackageTrust } from '../../adapters/registry/keys.ts';
import { temporaryFolder } from '../support/folders.ts';
import { forkScript, killHard } from '../support/processes.ts';
import { makePackage, registryContract } from '../support/registry-contract.ts';

registryContract('embedded registry', async () => {
  const directory = await temporaryFolder();
  const reopen = (trust?: PackageTrust) => openEmbeddedRegistry({ directory, ...(trust && { trust }) });
  const place = (version: string, file: string) => join(directory, 'electricity', 'versions', version, 'package', file);
  const overwrite = (version: string, file: string, content: string) => writeFile(place(version, file), content);
  const destroy = (version: string, file: string) => rm(place(version, file));
  return { registry: await reopen(), reopen, overwrite, destroy };
});

describe('embedded registry: crashes', () => {
  it('leaves whole versions and valid aliases when its writer is killed', async () => {
    const directory = await temporaryFolder();
    const packageDirectory = await makePackage();
    let told = 0;
    for (let death = 0; death < 4; death += 1) {
      const child = forkScript('register-forever.ts', [directory, packageDirectory]);
      const before = told;
      child.on('message', (version) => (told = Math.max(told, Number(version))));
      while (told < before + 3) await sleep(5);
      await sleep(death * 3);
      await killHard(child);
      const registry = await openEmbeddedRegistry({ directory });
      const versions = await registry.listVersions('electricity');
      for (const { version } of versions) await registry.fetchPackage('electricity', version);
      const { champion } = await registry.getAliases('electricity');
      expect(Number(champion)).toBeGreaterThanOrEqual(told);
      expect(versions.map(({ version }) => version)).toContain(champion);
    }
  });
});
