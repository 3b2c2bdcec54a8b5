import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import type { TrainingJob } from '../ports/model-runtime.ts';

/** Raise when what is written changes, so that nothing of an earlier kind is read. */
const recipe = 1;

/** Files of a part: little-endian floats, row after row. */
export function pathsOf(directory: string, part: PartName): { readonly inputs: string; readonly targets: string } {
  return { inputs: join(directory, `${part}-inputs.f32`), targets: join(directory, `${part}-targets.f32`) };
}

export type PartName = 'train' | 'validation';

/** Where what the candidates share beside the examples is written, last of all. */
export function aboutPath(directory: string): string {
  return join(directory, 'about.bin');
}

/** Where the examples of a run lie. */
export function examplesOf(sharedDirectory: string): string {
  return join(sharedDirectory, 'examples');
}

/** Where the examples of a job lie: named by all that they depend on. */
export function examplesDirectory({ sharedDirectory, task, snapshot, train, validation }: TrainingJob): string {
  const content = [recipe, nameOfBoot(), task, snapshot.id, train, validation];
  const key = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return join(examplesOf(sharedDirectory), key.slice(0, 32));
}

/** The files are not synced, which would take longer than to write them: after a power cut they are written anew. */
function nameOfBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Not Linux. Within some minutes of the boot; where two readings differ, the examples are written twice.
    return String(Math.round((Date.now() / 1_000 - uptime()) / 600));
  }
}

export function isPrepared(job: TrainingJob): boolean {
  return existsSync(aboutPath(examplesDirectory(job)));
}
