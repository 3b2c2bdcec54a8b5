import { join } from 'node:path';
import type { Calibrator } from '../../domain/calibration/calibrator.ts';
import type { LabelScale } from '../../domain/preprocessing/label-scale.ts';
import type { Preprocessing } from '../../domain/preprocessing/preprocessing.ts';
import type { Signature } from '../ports/model-runtime.ts';
import { readBlend } from '../runtime/blend-file.ts';
import { readCalibrator, readPackageFile, type PackagedPreprocessing } from '../runtime/model-package.ts';
import { readStack, type StackLayer } from './read-stack.ts';

/** One network of a package, and its share in the answer. */
export interface Member {
  readonly weight: number;
  readonly preprocessing: Preprocessing;
  readonly layers: readonly StackLayer[];
  readonly label: LabelScale | null;
  readonly calibrator: Calibrator | null;
}

/** All that a package's answers come from. */
export interface DensePackage {
  readonly signature: Signature;
  readonly members: readonly Member[];
  /** Of the blend as a whole; a single network's own is its member's. */
  readonly calibrator: Calibrator | null;
}

/** Throws NotCompilable where a network is no dense stack. */
export async function readDensePackage(packageDirectory: string): Promise<DensePackage> {
  const signature = await readPackageFile<Signature>(packageDirectory, 'signature.json');
  const blend = await readBlend(packageDirectory);
  if (blend === null) return { signature, members: [await readMember(packageDirectory, 1)], calibrator: null };
  const members = await Promise.all(
    blend.members.map(({ directory, weight }) => readMember(join(packageDirectory, directory), weight)),
  );
  return { signature, members, calibrator: await readCalibrator(packageDirectory) };
}

async function readMember(directory: string, weight: number): Promise<Member> {
  const { features, label } = await readPackageFile<PackagedPreprocessing>(directory, 'preprocessing.json');
  const [layers, calibrator] = await Promise.all([readStack(directory), readCalibrator(directory)]);
  return { weight, preprocessing: features, layers, label, calibrator };
}
