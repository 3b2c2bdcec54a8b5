import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Calibrator } from '../../../domain/calibration/calibrator.ts';
import type { Signature } from '../../ports/model-runtime.ts';
import { readBlend } from '../../runtime/blend-file.ts';
import { readCalibrator, readPackageFile, type PackagedPreprocessing } from '../../runtime/model-package.ts';
import type { Weight, Weights } from './layers.ts';
import { NoExport, readTopology, type Topology } from './topology.ts';

/** What answers in a package, read from its files alone: TensorFlow is not needed to export it. */
export interface PackagedModel {
  readonly signature: Signature;
  readonly calibrator: Calibrator | null;
  readonly answerer:
    | {
        readonly kind: 'network';
        readonly preprocessing: PackagedPreprocessing;
        readonly topology: Topology;
        readonly weights: Weights;
      }
    | {
        readonly kind: 'blend';
        readonly members: readonly { readonly weight: number; readonly model: PackagedModel }[];
      };
}

/** Throws NoExport for a network that can't be told by its layers. */
export async function readPackagedModel(directory: string): Promise<PackagedModel> {
  const signature = await readPackageFile<Signature>(directory, 'signature.json');
  const calibrator = await readCalibrator(directory);
  const blend = await readBlend(directory);
  if (blend === null) return { signature, calibrator, answerer: await readNetwork(directory) };
  const members = await Promise.all(
    blend.members.map(async (member) => ({
      weight: member.weight,
      model: await readPackagedModel(join(directory, member.directory)),
    })),
  );
  return { signature, calibrator, answerer: { kind: 'blend', members } };
}

interface Description {
  readonly modelTopology: unknown;
  readonly weightsManifest: readonly {
    readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[];
  }[];
}

async function readNetwork(directory: string): Promise<PackagedModel['answerer']> {
  const preprocessing = await readPackageFile<PackagedPreprocessing>(directory, 'preprocessing.json');
  const { modelTopology, weightsManifest } = await readPackageFile<Description>(directory, 'model.json');
  const bytes = await readFile(join(directory, 'weights.bin'));
  const topology = readTopology(modelTopology);
  const weights = new Map<string, Weight>();
  let offset = 0;
  for (const { name, shape, dtype } of weightsManifest.flatMap((group) => group.weights)) {
    if (dtype !== 'float32') throw new NoExport(`the weights ${name} are of the type ${dtype}`);
    const size = shape.reduce((product, length) => product * length, 1);
    const values = new Float32Array(size);
    for (let at = 0; at < size; at++) values[at] = bytes.readFloatLE(offset + 4 * at);
    weights.set(name, { shape, values });
    offset += 4 * size;
  }
  return { kind: 'network', preprocessing, topology, weights };
}
