import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Registry } from '../../adapters/ports/registry.ts';
import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';
import { cacheFolder } from '../peers.ts';
import { writeNetwork } from './network.ts';

export const model = 'bench';

/** A home directory with a champion and a version before it, which scores in the shadow. */
export interface BenchHome {
  readonly directory: string;
  readonly registry: Registry;
  /** Of the champion, as it was exported. */
  readonly packageDirectory: string;
  remove(): Promise<void>;
}

export async function makeHome(): Promise<BenchHome> {
  const packages = await findPackages();
  const directory = await mkdtemp(join(tmpdir(), 'incumbent-bench-'));
  const registry = await openEmbeddedRegistry({ directory: join(directory, 'registry') });
  for (const packageDirectory of packages) {
    await registry.register({ model, idempotencyKey: packageDirectory, packageDirectory, tags: {} });
  }
  await registry.setAlias(model, 'previous', '2');
  await registry.setAlias(model, 'champion', '1');
  const remove = () => rm(directory, { recursive: true, force: true });
  return { directory, registry, packageDirectory: packages[0]!, remove };
}

/** Made once, then found in the cache. */
async function findPackages(): Promise<readonly string[]> {
  const folder = join(cacheFolder(), 'serving-20-64-32-1');
  const names = [1, 2].map((seed) => join(folder, `network-${seed}`));
  if (existsSync(folder)) return names;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  for (const seed of [1, 2]) await writeNetwork(unfinished, seed);
  await rename(unfinished, folder);
  return names;
}
