import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blend, Followed, Network } from '../ports/model-packages.ts';
import { calibrationFile, readPackageFile } from './model-package.ts';

/** A package of this file answers with the weighted mean of its members, each a package of its own within it. */
export const blendFile = 'blend.json';

/** Null for a package of one network. */
export async function readBlend(packageDirectory: string): Promise<Blend | null> {
  if (!existsSync(join(packageDirectory, blendFile))) return null;
  return await readPackageFile<Blend>(packageDirectory, blendFile);
}

/** Of a version that follows the labels: which one it is made of, and with which shares. */
export const followingFile = 'following.json';

export async function readFollowing(packageDirectory: string): Promise<Followed | null> {
  if (!existsSync(join(packageDirectory, followingFile))) return null;
  return await readPackageFile<Followed>(packageDirectory, followingFile);
}

/** Whether a package's answer is the weighted mean of its networks' answers, without a calibrator on top. */
export async function isBlendOfNetworks(packageDirectory: string): Promise<boolean> {
  return (await readBlend(packageDirectory)) !== null && !existsSync(join(packageDirectory, calibrationFile));
}

export async function listNetworks(packageDirectory: string): Promise<readonly Network[]> {
  const blend = await readBlend(packageDirectory);
  if (blend === null || !(await isBlendOfNetworks(packageDirectory))) return [{ packageDirectory, weight: 1 }];
  return blend.members.map(({ directory, weight }) => ({
    packageDirectory: join(packageDirectory, directory),
    weight,
  }));
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
