import { tableFromFeatureRows, type FeatureRow } from '../data/feature-rows.ts';
import { toOutputRows, type Golden } from './golden.ts';
import { loadModel } from './load-model.ts';
import { writePackageFile } from './model-package.ts';

/** Writes down what a package that is complete but for this says to rows. */
export async function answerGolden(packageDirectory: string, rows: readonly FeatureRow[]): Promise<void> {
  await writePackageFile(packageDirectory, 'golden.json', { rows, outputs: [] } satisfies Golden);
  const model = await loadModel(packageDirectory);
  try {
    const outputs = await model.predict(tableFromFeatureRows(model.signature.schema, rows));
    await writePackageFile(packageDirectory, 'golden.json', { rows, outputs: toOutputRows(outputs) } satisfies Golden);
  } finally {
    model.dispose();
  }
}
