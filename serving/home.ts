import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Rejects when no file can be written where predictions are logged. */
export async function checkWritable(storeDirectory: string, replicaId: string): Promise<void> {
  const probe = join(storeDirectory, `.writable-${replicaId}`);
  await mkdir(storeDirectory, { recursive: true });
  await writeFile(probe, 'a file that proves that files can be written\n');
  await rm(probe, { force: true });
}
