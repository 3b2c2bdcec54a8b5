import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchLent } from '../../../activities/fetch-lent.ts';
import { RegistryError } from '../../../adapters/ports/registry.ts';
import { openEmbeddedRegistry } from '../../../adapters/registry/embedded.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { makePackage } from '../../support/registry-contract.ts';

describe('earlier versions that lend their networks to a blend', () => {
  it('are taken but for one that was altered, of which the log hears', async () => {
    const registry = await openEmbeddedRegistry({ directory: await temporaryFolder() });
    const packages: string[] = [];
    for (const idempotencyKey of ['a', 'b', 'c']) {
      const packageDirectory = await makePackage();
      const { version } = await registry.register({ model: 'prices', idempotencyKey, packageDirectory, tags: {} });
      packages.push(await registry.fetchPackage('prices', version));
    }
    await appendFile(join(packages[1]!, 'weights.bin'), 'x');
    const warnings: unknown[] = [];
    const found = await fetchLent(registry, 'prices', ['1', '2', '3'], (message, details) =>
      warnings.push([message, details['reason']]),
    );
    expect(found).toEqual([packages[0], packages[2]]);
    expect(warnings).toEqual([
      ['version 2 of prices lends no network to the blend', expect.stringContaining('weights.bin was altered')],
    ]);
  });

  it('are asked for again when the registry is away: nothing is left out for that', async () => {
    const away = { fetchPackage: () => Promise.reject(new RegistryError('unavailable', 'no answer')) };
    await expect(fetchLent(away, 'prices', ['1'], () => undefined)).rejects.toThrow('no answer');
  });
});
