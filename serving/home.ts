import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isModelName } from '../adapters/files/names.ts';

/** Folders of the home directory that the service uses. */
export interface ServingHome {
  readonly registry: string;
  readonly store: string;
  readonly replicas: string;
}

export function servingHomeAt(directory: string): ServingHome {
  const home = resolve(directory);
  return { registry: join(home, 'registry'), store: join(home, 'store'), replicas: join(home, 'replicas') };
}

/** Models that the embedded registry has a folder for. */
export async function listRegisteredModels({ registry }: ServingHome): Promise<readonly string[]> {
  const entries = await readdir(registry, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && isModelName(entry.name)).map(({ name }) => name);
}

/** Rejects when no file can be written where predictions are logged. */
export async function checkWritable({ store }: ServingHome, replicaId: string): Promise<void> {
  const probe = join(store, `.writable-${replicaId}`);
  await mkdir(store, { recursive: true });
  await writeFile(probe, 'a file that proves that files can be written\n');
  await rm(probe);
}
