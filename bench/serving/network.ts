import { join } from 'node:path';
import { writeExport } from '../../adapters/export/write-export.ts';
import { loadTensorflow } from '../../adapters/runtime/load-tensorflow.ts';
import { writePackage, writePackageFile } from '../../adapters/runtime/model-package.ts';
import { answerGolden } from '../../adapters/runtime/renew-golden.ts';
import { gatherAnswerFacts } from '../../domain/answers/facts.ts';
import { createRng } from '../../domain/math/rng.ts';
import { fitPreprocessing } from '../../domain/preprocessing/fit.ts';
import type { DataSchema } from '../../domain/table.ts';

/** 20 numbers in, a class out. */
export const schema: DataSchema = {
  features: Array.from({ length: 20 }, (_, index) => ({ name: `f${index}`, type: 'numeric' })),
  label: 'y',
  classes: ['no', 'yes'],
};

export type Row = Readonly<Record<string, number>>;

/** Rows as clients send them: three digits after the point. */
export function drawRows(count: number, seed: number): readonly Row[] {
  const random = createRng(seed);
  const draw = (): number => Math.round((random() * 10 - 5) * 1_000) / 1_000;
  return Array.from({ length: count }, () => Object.fromEntries(schema.features.map(({ name }) => [name, draw()])));
}

const fittedRows = 2_000;
const widths = [64, 32];

/** A package of an MLP 20-64-32-1 that has learned nothing: what it answers takes as long. Exported for Python, too. */
export async function writeNetwork(directory: string, seed: number): Promise<string> {
  const tf = loadTensorflow();
  const rows = drawRows(fittedRows, 1);
  const columns = schema.features.map(
    ({ name }) => [name, { kind: 'numeric', values: Float64Array.from(rows, (row) => row[name]!) }] as const,
  );
  const table = { rowCount: fittedRows, columns: Object.fromEntries(columns) };
  const features = fitPreprocessing(table, schema, { from: 0, to: fittedRows });
  const initializer = (layer: number) => tf.initializers.heNormal({ seed: 10 * seed + layer });
  const hidden = widths.map((units, layer) =>
    tf.layers.dense({
      units,
      activation: 'relu',
      kernelInitializer: initializer(layer),
      ...(layer === 0 && { inputShape: [features.width] }),
    }),
  );
  const last = tf.layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: initializer(widths.length) });
  const target = join(directory, `network-${seed}`);
  await writePackage(tf, target, tf.sequential({ layers: [...hidden, last] }), {
    signature: { task: 'binary', schema, snapshotId: 'bench', lastKey: '', candidateId: 'bench', parameters: 3_457 },
    preprocessing: { features, label: null },
    golden: { rows: [], outputs: [] },
    training: {},
  });
  await answerGolden(target, rows.slice(0, 8));
  const facts = gatherAnswerFacts({
    task: 'binary',
    schema,
    inputs: table,
    outputs: { width: 1, values: [] },
    labels: [],
  });
  await writePackageFile(target, 'answers.json', facts);
  await writeExport(target);
  return target;
}
