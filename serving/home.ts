import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isModelName } from '../adapters/files/names.ts';

/** Models that the embedded registry has a folder for. */
export async function listRegisteredModels(registryDirectory: string): Promise<readonly string[]> {
  const entries = await readdir(registryDirectory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && isModelName(entry.name)).map(({ name }) => name);
}

/** Rejects when no file can be written where predictions are logged. */
export async function checkWritable(storeDirectory: string, replicaId: string): Promise<void> {
  const probe = join(storeDirectory, `.writable-${replicaId}`);
  await mkdir(storeDirectory, { recursive: true });
  await writeFile(probe, 'a file that proves that files can be written\n');
  await rm(probe, { force: true });
}
