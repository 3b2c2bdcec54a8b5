import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-node';
import type { FeatureRow } from '../../../adapters/data/feature-rows.ts';
import { loadTensorflow } from '../../../adapters/runtime/load-tensorflow.ts';
import { writePackage } from '../../../adapters/runtime/model-package.ts';
import { answerGolden } from '../../../adapters/runtime/renew-golden.ts';
import type { DataSchema } from '../../../domain/table.ts';
import { temporaryFolder } from '../../support/folders.ts';

export const tf = loadTensorflow();

const features = ['a', 'b', 'c'];
export const inputs = features.length;

const toSchema = (names: readonly string[], classes: readonly string[]): DataSchema => ({
  features: names.map((name) => ({ name, type: 'numeric' })),
  label: 'label',
  classes,
});

/** Rows around zero, where activations bend. */
export const rows: readonly FeatureRow[] = Array.from({ length: 32 }, (_, row) =>
  Object.fromEntries(features.map((name, at) => [name, 3 * Math.sin(row * (at + 1.3) + at)])),
);

/** A package of a network that a user might have built, on numeric features as they are; a regression unless it has two classes. */
export async function writeNetworkPackage(
  model: LayersModel,
  names: readonly string[] = features,
  classes: readonly string[] = [],
  golden: readonly FeatureRow[] = rows,
): Promise<string> {
  const directory = join(await temporaryFolder(), 'package');
  const schema = toSchema(names, classes);
  const task = classes.length === 0 ? 'regression' : 'binary';
  const steps = names.map((feature) => ({ kind: 'numeric', feature, median: 0, mean: 0, sd: 1 }) as const);
  await writePackage(tf, directory, model, {
    signature: { task, schema, snapshotId: 's', lastKey: 'k', candidateId: 'own', parameters: 1 },
    preprocessing: {
      features: { width: names.length, steps },
      label: classes.length === 0 ? { mean: 0, sd: 1 } : null,
    },
    golden: { rows: [], outputs: [] },
    training: {},
  });
  await answerGolden(directory, golden);
  return directory;
}
