import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeDurably } from '../files/durable.ts';

/** Beside the package, not in it: they choose among the candidates of a run, and nobody needs them afterwards. */
function lossesPath(packageDirectory: string): string {
  return join(dirname(packageDirectory), 'validation-losses.bin');
}

/** Keeps a candidate's loss on each validation row, as doubles in the machine's order of bytes. */
export async function writeValidationLosses(packageDirectory: string, losses: Float64Array): Promise<void> {
  await writeDurably(lossesPath(packageDirectory), Buffer.from(losses.buffer, losses.byteOffset, losses.byteLength));
}

/** null where the candidate has none: it was not trained but recalibrated. */
export async function readValidationLosses(packageDirectory: string): Promise<Float64Array | null> {
  const path = lossesPath(packageDirectory);
  if (!existsSync(path)) return null;
  return new Float64Array(new Uint8Array(await readFile(path)).buffer);
}
