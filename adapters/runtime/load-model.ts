import { tableFromFeatureRows } from '../data/feature-rows.ts';
import type { LoadedModel, LoadModel, Signature } from '../ports/model-runtime.ts';
import { readGolden, replayGolden } from './golden.ts';
import { loadAnswerer } from './load-network.ts';
import { readPackageFile } from './model-package.ts';

/** Loads a model package into this process. */
export const loadModel: LoadModel = async (packageDirectory) => {
  const signature = await readPackageFile<Signature>(packageDirectory, 'signature.json');
  const golden = await readGolden(packageDirectory);
  const { predict, unit, dispose } = await loadAnswerer(packageDirectory);
  let disposed = false;
  return {
    signature,
    predict,
    async verifyGolden() {
      const outputs = await predict(tableFromFeatureRows(signature.schema, golden.rows));
      return replayGolden(golden, outputs, unit);
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      dispose();
    },
  } satisfies LoadedModel;
};
