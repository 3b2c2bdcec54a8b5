import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Calibrator } from '../../domain/calibration/calibrator.ts';
import type { LabelScale } from '../../domain/preprocessing/label-scale.ts';
import type { Preprocessing } from '../../domain/preprocessing/preprocessing.ts';
import { syncDirectory, syncFile, writeDurably } from '../files/durable.ts';
import { exportedFiles } from '../export/files.ts';
import { manifestFile, manifestSignatureFile } from '../registry/manifest.ts';
import type { Signature } from '../ports/model-runtime.ts';
import type { Golden } from './golden.ts';
import type { Tensorflow } from './load-tensorflow.ts';

type ModelArtifacts = Parameters<Parameters<Tensorflow['io']['withSaveHandler']>[0]>[0];

/** What turns rows into a network's inputs, and its outputs into the label's unit (`preprocessing.json`). */
export interface PackagedPreprocessing {
  readonly features: Preprocessing;
  /** Null for classes. */
  readonly label: LabelScale | null;
}

export interface PackageContent {
  readonly signature: Signature;
  readonly preprocessing: PackagedPreprocessing;
  readonly golden: Golden;
  /** How it came about (`training.json`). Nothing in it differs between equal jobs. */
  readonly training: unknown;
}

/** Writes a model package as a whole, replacing an earlier one; SHA-256 of its weights. */
export async function writePackage(
  tf: Tensorflow,
  directory: string,
  model: LayersModel,
  { signature, preprocessing, golden, training }: PackageContent,
): Promise<string> {
  const { modelTopology, weightSpecs, weights } = await readArtifacts(tf, model);
  const description = {
    format: 'layers-model',
    generatedBy: `TensorFlow.js ${tf.version['tfjs-core']}`,
    convertedBy: null,
    modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
  };
  const files = { model: description, preprocessing, signature, golden, training };
  const unfinished = `${directory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const texts = Object.entries(files).map(
    ([name, content]) => [`${name}.json`, `${JSON.stringify(content)}\n`] as const,
  );
  // Side by side: one commit of the disk's journal for all.
  await Promise.all(
    [...texts, ['weights.bin', weights] as const].map(async ([name, content]) => {
      await writeFile(join(unfinished, name), content);
      await syncFile(join(unfinished, name));
    }),
  );
  await syncDirectory(unfinished);
  await rm(directory, { recursive: true, force: true });
  await rename(unfinished, directory);
  await syncDirectory(join(directory, '..'));
  return createHash('sha256').update(weights).digest('hex');
}

async function readArtifacts(tf: Tensorflow, model: LayersModel) {
  let artifacts: ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const { modelTopology, weightSpecs = [], weightData = new ArrayBuffer(0) } = artifacts;
  const parts = Array.isArray(weightData) ? weightData : [weightData];
  return { modelTopology, weightSpecs, weights: Buffer.concat(parts.map((part) => new Uint8Array(part))) };
}

/** Parses one JSON file of a package, or says that the package is incomplete. */
export async function readPackageFile<T>(directory: string, name: string): Promise<T> {
  return JSON.parse((await readBytes(directory, name)).toString('utf8')) as T;
}

export async function writePackageFile(directory: string, name: string, content: unknown): Promise<void> {
  await writeDurably(join(directory, name), `${JSON.stringify(content)}\n`);
}

/** What completes the package of one version, and says nothing about another one of the same weights. */
export const completingFiles: readonly string[] = [
  'reference.json',
  'contract.json',
  'scores.json',
  'importances.json',
  'answers.json',
  'model-card.md',
  'model-card.html',
  manifestFile,
  manifestSignatureFile,
  ...exportedFiles,
];

/** What a package of one network has and one of several has in its members. */
export const networkFiles: readonly string[] = [
  'model.json',
  'weights.bin',
  'preprocessing.json',
  'training.json',
  'calibration.json',
];

/** A version with a calibrator of its own has this file; others say what the network says. */
export const calibrationFile = 'calibration.json';

export async function readCalibrator(directory: string): Promise<Calibrator | null> {
  if (!existsSync(join(directory, calibrationFile))) return null;
  return await readPackageFile<Calibrator>(directory, calibrationFile);
}

/** The network of a package. */
export async function readNetwork(tf: Tensorflow, directory: string): Promise<LayersModel> {
  const description = await readPackageFile<NetworkDescription>(directory, 'model.json');
  const weightSpecs = description.weightsManifest.flatMap(({ weights }) => weights);
  const weights = await readBytes(directory, 'weights.bin');
  const expectedBytes = weightSpecs.reduce((sum, { shape }) => sum + 4 * shape.reduce((size, n) => size * n, 1), 0);
  if (weights.byteLength !== expectedBytes) {
    const path = join(directory, 'weights.bin');
    throw new Error(
      `${path} has ${weights.byteLength} bytes where model.json says ${expectedBytes}: the package is damaged`,
    );
  }
  const weightData = new Uint8Array(weights).buffer;
  return await tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology: description.modelTopology, weightSpecs: [...weightSpecs], weightData }),
  );
}

interface NetworkDescription {
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly weights: NonNullable<ModelArtifacts['weightSpecs']> }[];
}

async function readBytes(directory: string, name: string): Promise<Buffer> {
  const path = join(directory, name);
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Error(`${path} can't be read: the model package is incomplete, train it again`, { cause });
  }
}
