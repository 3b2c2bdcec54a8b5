import { writeFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probeRows } from '../../../adapters/engine/probe-rows.ts';
import { readDensePackage } from '../../../adapters/engine/read-package.ts';
import { loadExplainer } from '../../../adapters/explain/explain-package.ts';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import { sliceTable } from '../../../domain/snapshot/tables.ts';
import { packageShapes, schemaOf, writeRandomPackage, type PackageShape } from '../engine/random-packages.ts';

const simple: PackageShape = {
  types: ['numeric', 'categorical', 'boolean'],
  classes: 2,
  members: [{ hidden: [{ units: 6, activation: 'relu' }], hasDropout: false, isCalibrated: true, dataSeed: 1 }],
  isCalibrated: false,
  seed: 5,
};

const isStack = ({ members }: PackageShape): boolean =>
  members.every(({ hidden }) => hidden.every(({ activation }) => activation === 'relu'));

async function withPackage<T>(shape: PackageShape, work: (directory: string) => Promise<T>): Promise<T> {
  const { directory, remove } = await writeRandomPackage(shape);
  try {
    return await work(directory);
  } finally {
    await remove();
  }
}

describe('an explanation of a package', () => {
  it('is of what TensorFlow answers, and its parts sum to the difference from the baseline: any features, any blend', async () => {
    await fc.assert(
      fc.asyncProperty(packageShapes.filter(isStack), async (shape) => {
        await withPackage(shape, async (directory) => {
          const [explainer, model] = [await loadExplainer(directory), await loadModel(directory)];
          const rows = probeRows(schemaOf(shape), (await readDensePackage(directory)).members, 3, shape.seed);
          const { width, values } = await model.predict(rows);
          const unit = shape.classes === 0 ? 700 : 1;
          for (let row = 0; row < 3; row += 1) {
            for (const of of shape.classes === 0 ? [0] : Array.from({ length: shape.classes }, (_, at) => at)) {
              const found = explainer.explain(sliceTable(rows, { from: row, to: row + 1 }), of);
              const said =
                shape.classes === 2 && of === 0 ? 1 - values[row]! : values[row * width + (width === 1 ? 0 : of)]!;
              expect(Math.abs(found.output - said) / unit).toBeLessThan(1e-4);
              const sum = found.contributions.reduce((total, { contribution }) => total + contribution, 0);
              expect(Math.abs(sum - (found.output - found.baselineOutput)) / unit).toBeLessThan(1e-6);
              expect(new Set(found.contributions.map(({ feature }) => feature)).size).toBe(found.contributions.length);
            }
          }
          model.dispose();
        });
      }),
      { numRuns: 15 },
    );
  });

  it('is refused with the reason where a network is no stack of rectified layers', async () => {
    const hidden = [{ units: 4, activation: 'tanh' as const }];
    const bent = { ...simple, members: simple.members.map((member) => ({ ...member, hidden })) };
    await withPackage(bent, async (directory) => {
      await expect(loadExplainer(directory)).rejects.toThrow('its network has a hidden layer of activation "tanh"');
    });
  });

  it('is refused where it would take too long', async () => {
    const hidden = [900, 900].map((units) => ({ units, activation: 'relu' as const }));
    const large = { ...simple, members: simple.members.map((member) => ({ ...member, hidden })) };
    await withPackage(large, async (directory) => {
      await expect(loadExplainer(directory)).rejects.toThrow('too large to be explained');
    });
  });

  it('is refused where the network is no stack at all', async () => {
    await withPackage(simple, async (directory) => {
      const path = join(directory, 'model.json');
      await writeFile(path, (await readFile(path, 'utf8')).replaceAll('"Dense"', '"LSTM"'));
      await expect(loadExplainer(directory)).rejects.toThrow('its network has a layer "LSTM"');
    });
  });
});
