import { join } from 'node:path';
import { averagePredictions } from '../../domain/blend/average.ts';
import { applyCalibrator } from '../../domain/calibration/calibrator.ts';
import { applyPreprocessing } from '../../domain/preprocessing/apply.ts';
import { unscalePredictions } from '../../domain/preprocessing/label-scale.ts';
import type { Table } from '../../domain/table.ts';
import type { Predictions } from '../../domain/task.ts';
import type { Signature } from '../ports/model-runtime.ts';
import { createBatcher } from './batcher.ts';
import type { Blend } from '../ports/model-packages.ts';
import { readBlend } from './blend-file.ts';
import { outputWidthOf } from './examples.ts';
import { loadTensorflow } from './load-tensorflow.ts';
import { readCalibrator, readNetwork, readPackageFile, type PackagedPreprocessing } from './model-package.ts';
import { runNetwork } from './network.ts';

/** What answers in a package: its network, or several of them, with the calibrator on top. */
export interface Answerer {
  predict(rows: Table): Promise<Predictions>;
  /** What its outputs are compared in: the standard deviation of a regression's label, 1 for probabilities. */
  readonly unit: number;
  dispose(): void;
}

export async function loadAnswerer(packageDirectory: string): Promise<Answerer> {
  const blend = await readBlend(packageDirectory);
  const inner = blend === null ? await loadNetwork(packageDirectory) : await loadMembers(packageDirectory, blend);
  const calibrator = await readCalibrator(packageDirectory);
  return { ...inner, predict: async (rows) => applyCalibrator(calibrator, await inner.predict(rows)) };
}

async function loadMembers(packageDirectory: string, { members }: Blend): Promise<Answerer> {
  const answerers: Answerer[] = [];
  const dispose = (): void => {
    for (const member of answerers) member.dispose();
  };
  try {
    for (const { directory } of members) answerers.push(await loadAnswerer(join(packageDirectory, directory)));
  } catch (error) {
    dispose();
    throw error;
  }
  const weights = members.map(({ weight }) => weight);
  return {
    predict: async (rows) =>
      averagePredictions(await Promise.all(answerers.map((member) => member.predict(rows))), weights),
    unit: answerers[0]?.unit ?? 1,
    dispose,
  };
}

/** Calls made in one turn of the event loop share one run of the network. */
async function loadNetwork(packageDirectory: string): Promise<Answerer> {
  const { schema } = await readPackageFile<Signature>(packageDirectory, 'signature.json');
  const { features, label } = await readPackageFile<PackagedPreprocessing>(packageDirectory, 'preprocessing.json');
  const tf = loadTensorflow();
  const network = await readNetwork(tf, packageDirectory);
  const width = outputWidthOf(schema.classes);
  const batcher = createBatcher(features.width, width, (inputs) => runNetwork(tf, network, inputs, features.width));
  return {
    async predict(rows) {
      const { values } = applyPreprocessing(features, rows);
      const outputs = values.length === 0 ? new Float32Array(0) : await batcher.run(values);
      return { width, values: unscalePredictions(label, outputs) };
    },
    unit: label?.sd ?? 1,
    dispose() {
      batcher.close(new Error(`The model of ${packageDirectory} was unloaded while it was asked`));
      network.dispose();
    },
  };
}
