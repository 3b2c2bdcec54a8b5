import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tableFromFeatureRows, type FeatureRow } from '../../../adapters/data/feature-rows.ts';
import { probeRows } from '../../../adapters/engine/probe-rows.ts';
import { readDensePackage } from '../../../adapters/engine/read-package.ts';
import { writeExport } from '../../../adapters/export/write-export.ts';
import { pickGoldenRows, toOutputRows } from '../../../adapters/runtime/golden.ts';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { runPython } from '../../support/python.ts';
import { packageShapes, schemaOf, writeRandomPackage, type PackageShape } from '../engine/random-packages.ts';

interface Scored {
  readonly directory: string;
  readonly rows: readonly FeatureRow[];
  readonly expected: readonly (readonly number[])[];
}

async function scoreByTensorflow(shape: PackageShape, seed: number): Promise<Scored> {
  const { directory, remove } = await writeRandomPackage(shape);
  onTestFinished(remove);
  const schema = schemaOf(shape);
  const { members } = await readDensePackage(directory);
  const rows = pickGoldenRows(schema, probeRows(schema, members, 32, seed));
  const model = await loadModel(directory);
  const expected = toOutputRows(await model.predict(tableFromFeatureRows(schema, rows)));
  model.dispose();
  expect(await writeExport(directory)).toEqual({ notice: null });
  return { directory, rows, expected };
}

describe('packages as ONNX graphs', () => {
  it('answer in ONNX Runtime as they do in TensorFlow, whatever the schema, the networks and the rows', async () => {
    const shapes = fc.sample(packageShapes, { numRuns: 30, seed: 20_261_126 });
    const scored: Scored[] = [];
    for (const [seed, shape] of shapes.entries()) scored.push(await scoreByTensorflow(shape, seed));
    const jobs = join(await temporaryFolder(), 'jobs.json');
    await writeFile(jobs, JSON.stringify(scored.map(({ directory, rows }) => ({ directory, rows }))));
    const found = JSON.parse(await runPython('score_packages.py', [jobs])) as readonly (readonly number[][])[];
    for (const [at, { expected }] of scored.entries()) {
      const differences = expected.flatMap((row, index) =>
        row.map((value, output) => Math.abs(value - found[at]![index]![output]!) / Math.max(1, Math.abs(value))),
      );
      expect(Math.max(...differences), JSON.stringify(shapes[at])).toBeLessThan(1e-5);
    }
  }, 300_000);
});
