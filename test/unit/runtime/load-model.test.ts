import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sliceTable } from '../../../domain/snapshot/tables.ts';
import type { LoadedModel } from '../../../adapters/ports/model-runtime.ts';
import { tableFromFeatureRows } from '../../../adapters/data/feature-rows.ts';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import { loadTensorflow } from '../../../adapters/runtime/load-tensorflow.ts';
import { generateRows, schemaOf } from './generated-rows.ts';
import { jobFor, jobIn, runtime, temporaryDirectory, train } from './jobs.ts';

let directory: string;
let trainedPackage: string;
let model: LoadedModel;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'incumbent-package-'));
  const { packageDirectory } = await train(jobIn(directory, 'price', { maxEpochs: 3 }));
  trainedPackage = packageDirectory;
  model = await loadModel(trainedPackage);
});

afterAll(async () => {
  model?.dispose();
  await rm(directory, { recursive: true, force: true });
});

async function copyPackage(): Promise<string> {
  const copy = join(await temporaryDirectory(), 'package');
  await cp(trainedPackage, copy, { recursive: true });
  return copy;
}

describe('a loaded model', () => {
  it('says what it is, and repeats its golden predictions', async () => {
    expect(model.signature).toEqual({
      task: 'regression',
      schema: schemaOf('price'),
      snapshotId: 'snapshot-price',
      lastKey: 'history:00001599',
      candidateId: 'mlp-16/all',
      parameters: (12 + 1) * 16 + 17,
    });
    expect(await model.verifyGolden()).toBeLessThan(1e-5);
  });

  it('answers many small calls at once as it answers them alone, and as scoring does', async () => {
    const { table } = generateRows('price', 1_600);
    const small = Array.from({ length: 40 }, (_, row) => sliceTable(table, { from: row, to: row + 1 + (row % 3) }));
    const together = await Promise.all(small.map((rows) => model.predict(rows)));
    const job = await jobFor('price');
    const scored = await runtime.score(trainedPackage, job.snapshot, { from: 0, to: 60 }, new AbortController().signal);
    for (const [row, { values }] of together.entries()) {
      const alone = await model.predict(small[row]!);
      expect(values.length).toBe(small[row]!.rowCount);
      values.forEach((value, index) => {
        expect(value).toBeCloseTo(alone.values[index]!, 1);
        expect(value).toBeCloseTo(scored.values[row + index]!, 1);
      });
    }
  });

  it('predicts rows with everything missing, with unseen categories and with extreme numbers', async () => {
    const { schema } = model.signature;
    const rows = tableFromFeatureRows(schema, [
      { x: null, y: null, shift: null, night: null, at: null },
      { x: 1e300, y: -1e300, shift: 'never seen', night: true, at: '1970-01-01T00:00:00Z' },
    ]);
    const { values } = await model.predict(rows);
    expect([...values].every((value) => Number.isFinite(value) && Math.abs(value) < 1e6)).toBe(true);
    expect((await model.predict(tableFromFeatureRows(schema, []))).values.length).toBe(0);
  });

  it('says which feature is absent, and goes on answering others', async () => {
    const wrong = model.predict({ rowCount: 1, columns: {} });
    const right = model.predict(sliceTable(generateRows('price', 10).table, { from: 0, to: 1 }));
    await expect(wrong).rejects.toThrow('no column for the feature "x"');
    expect((await right).values.length).toBe(1);
  });

  it('keeps no tensors after calls, nor after it is disposed of; calls that wait then reject', async () => {
    const tf = loadTensorflow();
    const before = tf.memory().numTensors;
    const second = await loadModel(trainedPackage);
    const { table } = generateRows('price', 10);
    await second.predict(table);
    const loaded = tf.memory().numTensors;
    await second.predict(table);
    expect(tf.memory().numTensors).toBe(loaded);
    const waiting = second.predict(table);
    second.dispose();
    second.dispose();
    await expect(waiting).rejects.toThrow('unloaded while it was asked');
    await expect(second.predict(table)).rejects.toThrow('unloaded');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('shows altered weights by its golden predictions', async () => {
    const altered = await copyPackage();
    const path = join(altered, 'weights.bin');
    const weights = await readFile(path);
    weights.writeFloatLE(weights.readFloatLE(0) + 1, 0);
    await writeFile(path, weights);
    const other = await loadModel(altered);
    expect(await other.verifyGolden()).toBeGreaterThan(0.1);
    weights.writeFloatLE(Number.NaN, 0);
    await writeFile(path, weights);
    other.dispose();
    const broken = await loadModel(altered);
    expect(await broken.verifyGolden()).toBe(Number.POSITIVE_INFINITY);
    broken.dispose();
  });

  it('refuses a package that is damaged or incomplete', async () => {
    const damaged = await copyPackage();
    await truncate(join(damaged, 'weights.bin'), 100);
    await expect(loadModel(damaged)).rejects.toThrow('weights.bin has 100 bytes where model.json says');
    await rm(join(damaged, 'golden.json'));
    await expect(loadModel(damaged)).rejects.toThrow("golden.json can't be read: the model package is incomplete");
  });
});

describe('golden rows', () => {
  it('are 32 rows as they come over the wire, one with features missing', async () => {
    const { rows } = JSON.parse(await readFile(join(trainedPackage, 'golden.json'), 'utf8')) as {
      rows: Record<string, unknown>[];
    };
    expect(rows.length).toBe(32);
    expect(rows[0]).toMatchObject({ y: expect.any(Number), night: expect.any(Boolean) });
    expect(rows[0]!.at).toMatch(/^2026-01-\d\dT[\d:]+\.000Z$/);
    expect(rows.at(-1)).toMatchObject({ x: null, shift: null, at: null });
  });
});
