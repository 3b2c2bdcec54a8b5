import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blend } from '../ports/model-packages.ts';
import { readPackageFile } from './model-package.ts';

/** A package of this file answers with the weighted mean of its members, each a package of its own within it. */
export const blendFile = 'blend.json';

/** Null for a package of one network. */
export async function readBlend(packageDirectory: string): Promise<Blend | null> {
  if (!existsSync(join(packageDirectory, blendFile))) return null;
  return await readPackageFile<Blend>(packageDirectory, blendFile);
}

/** SHA-256 of a package's weights; of a blend's, of all its members' with their shares. */
export async function hashWeights(packageDirectory: string): Promise<string> {
  const blend = await readBlend(packageDirectory);
  const content =
    blend === null
      ? await readFile(join(packageDirectory, 'weights.bin'))
      : JSON.stringify(blend.members.map(({ weight, weightsSha256 }) => [weight, weightsSha256]));
  return createHash('sha256').update(content).digest('hex');
}
