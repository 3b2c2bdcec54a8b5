import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Preprocessing } from '../../domain/preprocessing/preprocessing.ts';
import { inputSignature } from '../../domain/search/warm-start.ts';
import type { Tensorflow } from './load-tensorflow.ts';
import { readNetwork, readPackageFile, type PackagedPreprocessing } from './model-package.ts';
import { readWeights, writeWeights } from './network.ts';

/**
 * Puts the weights of a package's network into one of the same architecture that takes the same inputs. Null when that is done; else why the network keeps its
 * own.
 */
export async function borrowWeights(
  tf: Tensorflow,
  model: LayersModel,
  preprocessing: Preprocessing,
  packageDirectory: string,
): Promise<string | null> {
  const { features } = await readPackageFile<PackagedPreprocessing>(packageDirectory, 'preprocessing.json');
  if (inputSignature(features) !== inputSignature(preprocessing)) return 'its inputs are others';
  const lender = await readNetwork(tf, packageDirectory);
  try {
    if (describeShapes(lender) !== describeShapes(model)) return 'its architecture is another';
    writeWeights(tf, model, readWeights(lender));
    return null;
  } finally {
    lender.dispose();
  }
}

/** Layers in their order, with the shapes of their weights. */
function describeShapes({ layers }: LayersModel): string {
  return JSON.stringify(
    layers.map((layer) => [
      layer.getClassName(),
      layer.getConfig()['activation'] ?? null,
      layer.getWeights().map(({ shape }) => shape),
    ]),
  );
}
