import { applyCalibrator } from '../../domain/calibration/calibrator.ts';
import { applyPreprocessing } from '../../domain/preprocessing/apply.ts';
import { unscalePredictions } from '../../domain/preprocessing/label-scale.ts';
import { tableFromFeatureRows } from '../data/feature-rows.ts';
import type { LoadedModel, LoadModel, Signature } from '../ports/model-runtime.ts';
import { createBatcher } from './batcher.ts';
import { outputWidthOf } from './examples.ts';
import { largestDifference, toOutputRows, type Golden } from './golden.ts';
import { loadTensorflow } from './load-tensorflow.ts';
import { readCalibrator, readNetwork, readPackageFile, type PackagedPreprocessing } from './model-package.ts';
import { runNetwork } from './network.ts';

/** Loads a model package into this process. Calls made in one turn of the event loop share one run of the network. */
export const loadModel: LoadModel = async (packageDirectory) => {
  const signature = await readPackageFile<Signature>(packageDirectory, 'signature.json');
  const { features, label } = await readPackageFile<PackagedPreprocessing>(packageDirectory, 'preprocessing.json');
  const calibrator = await readCalibrator(packageDirectory);
  const golden = await readPackageFile<Golden>(packageDirectory, 'golden.json');
  const tf = loadTensorflow();
  const network = await readNetwork(tf, packageDirectory);
  const width = outputWidthOf(signature.schema.classes);
  const batcher = createBatcher(features.width, width, (inputs) => runNetwork(tf, network, inputs, features.width));
  let disposed = false;

  const predict: LoadedModel['predict'] = async (rows) => {
    const { values } = applyPreprocessing(features, rows);
    const outputs = values.length === 0 ? new Float32Array(0) : await batcher.run(values);
    return applyCalibrator(calibrator, { width, values: unscalePredictions(label, outputs) });
  };
  return {
    signature,
    predict,
    async verifyGolden() {
      const outputs = await predict(tableFromFeatureRows(signature.schema, golden.rows));
      return largestDifference(golden.outputs, toOutputRows(outputs));
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      batcher.close(new Error(`The model of ${packageDirectory} was unloaded while it was asked`));
      network.dispose();
    },
  };
};
