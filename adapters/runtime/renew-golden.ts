import { tableFromFeatureRows, type FeatureRow } from '../data/feature-rows.ts';
import type { LoadedModel } from '../ports/model-runtime.ts';
import { toOutputRows, type Golden } from './golden.ts';
import { loadModel } from './load-model.ts';
import { writePackageFile } from './model-package.ts';

/** Writes down what a package that is complete but for this says to rows. */
export async function answerGolden(packageDirectory: string, rows: readonly FeatureRow[]): Promise<void> {
  await answerGoldenAnd(packageDirectory, rows, () => Promise.resolve());
}

/** And asks it something else while it is loaded. */
export async function answerGoldenAnd<T>(
  packageDirectory: string,
  rows: readonly FeatureRow[],
  ask: (model: LoadedModel) => Promise<T>,
): Promise<T> {
  await writePackageFile(packageDirectory, 'golden.json', { rows, outputs: [] } satisfies Golden);
  const model = await loadModel(packageDirectory);
  try {
    const outputs = await model.predict(tableFromFeatureRows(model.signature.schema, rows));
    await writePackageFile(packageDirectory, 'golden.json', { rows, outputs: toOutputRows(outputs) } satisfies Golden);
    return await ask(model);
  } finally {
    model.dispose();
  }
}
