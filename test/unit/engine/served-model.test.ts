import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeatureRow } from '../../../adapters/data/feature-rows.ts';
import { tableFromFeatureRows } from '../../../adapters/data/feature-rows.ts';
import { probeRows } from '../../../adapters/engine/probe-rows.ts';
import { readDensePackage } from '../../../adapters/engine/read-package.ts';
import { loadServedModel, type ServedModel } from '../../../adapters/engine/serve-model.ts';
import type { LoadModel } from '../../../adapters/ports/model-runtime.ts';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import { sliceTable } from '../../../domain/snapshot/tables.ts';
import { packageShapes, schemaOf, writeRandomPackage, type PackageShape } from './random-packages.ts';

const simple: PackageShape = {
  types: ['numeric', 'numeric', 'categorical', 'boolean'],
  classes: 2,
  members: [{ hidden: [{ units: 12, activation: 'relu' }], hasDropout: false, isCalibrated: false, dataSeed: 1 }],
  isCalibrated: false,
  seed: 5,
};

async function withPackage<T>(shape: PackageShape, work: (directory: string) => Promise<T>): Promise<T> {
  const { directory, remove } = await writeRandomPackage(shape);
  try {
    return await work(directory);
  } finally {
    await remove();
  }
}

async function serve(directory: string, load: LoadModel = loadModel): Promise<ServedModel> {
  return await loadServedModel(load, directory);
}

/** Everything that is logged for a feature, of which the last rows have everything missing or unseen. */
const oddRows = (shape: PackageShape): FeatureRow[] => {
  const { features } = schemaOf(shape);
  const missing = features.map(({ name }) => [name, null] as const);
  const odd = { numeric: 1e300, categorical: 'never seen', boolean: true, timestamp: '1970-01-01T00:00:00Z' } as const;
  return [Object.fromEntries(missing), Object.fromEntries(features.map(({ name, type }) => [name, odd[type]]))];
};

describe('a compiled model', () => {
  it('says what TensorFlow says: any features, any stack of layers, any blend of up to eight networks', async () => {
    await fc.assert(
      fc.asyncProperty(packageShapes, async (shape) => {
        await withPackage(shape, async (directory) => {
          const served = await serve(directory);
          expect(served.engine).toMatchObject({ kind: 'compiled', rowsCompared: 513 });
          const reference = await loadModel(directory);
          const { members } = await readDensePackage(directory);
          const rows = probeRows(schemaOf(shape), members, 300, shape.seed);
          const unit = shape.classes === 0 ? 700 : 1;
          const [found, expected] = [await served.predict(rows), await reference.predict(rows)];
          expect(found.values.length).toBe(expected.values.length);
          for (const [index, value] of Array.from(expected.values).entries()) {
            expect(Math.abs(found.values[index]! - value) / unit).toBeLessThan(1e-5);
          }
          const wire = oddRows(shape);
          const overTheWire = await served.predictRows(wire);
          expect(overTheWire).toEqual(await served.predict(tableFromFeatureRows(schemaOf(shape), wire)));
          expect(await served.verifyGolden()).toBeLessThan(1e-5);
          reference.dispose();
        });
      }),
      { numRuns: 25, seed: 11 },
    );
  });

  it('answers a row alone as it answers it among many', async () => {
    await withPackage(simple, async (directory) => {
      const served = await serve(directory);
      const { members } = await readDensePackage(directory);
      const rows = probeRows(schemaOf(simple), members, 300, 3);
      const together = await served.predict(rows);
      for (const from of [0, 1, 255, 256, 299]) {
        const alone = await served.predict(sliceTable(rows, { from, to: from + 1 }));
        expect(alone.values[0]).toBe(together.values[from]);
      }
      expect((await served.predict(sliceTable(rows, { from: 0, to: 0 }))).values.length).toBe(0);
    });
  });

  it('says which feature a table lacks', async () => {
    await withPackage(simple, async (directory) => {
      const served = await serve(directory);
      await expect(served.predict({ rowCount: 1, columns: {} })).rejects.toThrow('no column for the feature "f0"');
    });
  });
});

describe('TensorFlow goes on answering, and the report tells why,', () => {
  const refusal = async (directory: string, load?: LoadModel): Promise<string> => {
    const served = await serve(directory, load);
    expect(served.compiled).toBeNull();
    const [row] = oddRows(simple);
    expect((await served.predictRows([row!])).values.length).toBe(1);
    served.dispose();
    return served.engine.kind === 'tensorflow' ? served.engine.reason : '';
  };

  it('when compiled code says something else', async () => {
    await withPackage(simple, async (directory) => {
      const other: LoadModel = async (path) => {
        const model = await loadModel(path);
        const predict: typeof model.predict = async (rows) => {
          const { width, values } = await model.predict(rows);
          return { width, values: Float64Array.from(values, (value, index) => (index === 200 ? value + 2e-5 : value)) };
        };
        return { ...model, predict };
      };
      expect(await refusal(directory, other)).toMatch(
        /^compiled code differs from TensorFlow by 0.0000\d+, 0.00001 is/,
      );
    });
  });

  it('when the weights were altered after they were read', async () => {
    await withPackage(simple, async (directory) => {
      const altered: LoadModel = async (path) => {
        const model = await loadModel(path);
        const weights = await readFile(join(path, 'weights.bin'));
        weights.writeFloatLE(weights.readFloatLE(0) + 0.5, 0);
        await writeFile(join(path, 'weights.bin'), weights);
        return model;
      };
      expect(await refusal(directory, altered)).toMatch(/compiled code differs from TensorFlow/);
    });
  });

  const edit = async (directory: string, change: (text: string) => string): Promise<LoadModel> => {
    const path = join(directory, 'model.json');
    const original = await readFile(path, 'utf8');
    // TensorFlow has the network that it was given; the compiler reads another one.
    return async (folder) => {
      const model = await loadModel(folder);
      await writeFile(path, change(original));
      return model;
    };
  };

  it.each([
    [
      'of a layer it does not know',
      '"class_name":"Dense"',
      '"class_name":"Conv1D"',
      'its network has a layer "Conv1D"',
    ],
    ['of an activation it does not know', '"relu"', '"mish"', 'its network has the activation "mish"'],
    [
      'the layers are no stack',
      '"class_name":"Sequential"',
      '"class_name":"Functional"',
      'is no stack but a Functional',
    ],
    ['weights are missing', '/kernel"', '/other"', /its weights have no ".*\/kernel"/],
    ['weights are of another type', '"dtype":"float32"}', '"dtype":"uint8"}', /its weights ".*" are uint8/],
  ])('when %s', async (_what, from, to, reason) => {
    await withPackage(simple, async (directory) => {
      expect(await refusal(directory, await edit(directory, (text) => text.replaceAll(from, to)))).toMatch(reason);
    });
  });
});
