import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compileModel, type CompiledModel } from '../../../adapters/engine/compile-model.ts';
import { createCurve, readCurve } from '../../../adapters/engine/curve.ts';
import { createCurveReader } from '../../../adapters/engine/curves.ts';
import { probeRows } from '../../../adapters/engine/probe-rows.ts';
import { readDensePackage } from '../../../adapters/engine/read-package.ts';
import { openKernels } from '../../../adapters/runtime/native-kernels.ts';
import type { Table } from '../../../domain/table.ts';
import { packageShapes, schemaOf, writeRandomPackage } from './random-packages.ts';

const addon = fileURLToPath(new URL('../../../node_modules/.incumbent/dense.node', import.meta.url));
const kernels = openKernels(addon, '')!;
const instructionSets = kernels.available;

afterAll(() => kernels.use(instructionSets[0]!));

function answer({ buffer, width, run }: CompiledModel, table: Table, rows: number): readonly number[] {
  buffer.fillTable(table, 0, rows);
  return Array.from(run(rows).subarray(0, rows * width));
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const points = fc
  .uniqueArray(fc.tuple(finite, fc.double({ min: -5, max: 5, noNaN: true })), { selector: ([knot]) => knot + 0, maxLength: 40 })
  .map((pairs) => pairs.toSorted(([a], [b]) => a - b)); // prettier-ignore

describe.each(instructionSets)('native code with %s instructions', (instructions) => {
  it('answers any network to the bit as WebAssembly does, whatever the number of rows', async () => {
    kernels.use(instructions);
    await fc.assert(
      fc.asyncProperty(packageShapes, async (shape) => {
        const { directory, remove } = await writeRandomPackage(shape);
        const dense = await readDensePackage(directory);
        const table = probeRows(schemaOf(shape), dense.members, 128, shape.seed);
        const [native, plain] = [compileModel(dense, kernels), compileModel(dense, null)];
        for (const rows of [1, 7, 8, 13, 128]) expect(answer(native, table, rows)).toEqual(answer(plain, table, rows));
        await remove();
      }),
      { numRuns: 8, seed: 3 },
    );
  });

  it('reads any curve to the bit as JavaScript does', () => {
    kernels.use(instructions);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(points, finite), { minLength: 1, maxLength: 3 }),
        fc.array(fc.double()),
        (all, some) => {
          const values = Float64Array.from([...some, ...all.flatMap(([pairs]) => pairs.map(([knot]) => knot)), NaN, Infinity, -Infinity, 0, -0, 1, 2, 3]); // prettier-ignore
          const [rows, width] = [values.length, all.length + 1];
          const curves = all.map(([pairs, median], index) => {
            const curve = createCurve(pairs.map(([knot]) => knot), pairs.map(([, score]) => score), median); // prettier-ignore
            return { curve, from: 0, offset: index };
          });
          const [inputs, expected] = [new Float32Array(rows * width), new Float32Array(rows * width)];
          createCurveReader(curves, { values, inputs, width }, kernels)(rows);
          for (const { curve, offset } of curves) readCurve(curve, values, 0, rows, expected, offset, width);
          expect(Array.from(inputs)).toEqual(Array.from(expected));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('native code refuses', () => {
  const memory = new Float32Array(64);
  const layer = (...plan: number[]): void => kernels.denseRows(memory, Uint32Array.from(plan), 2);
  const curve = (...plan: number[]): void =>
    kernels.readCurves(new Float64Array(8), new Float32Array(8), new Float64Array(4), new Uint16Array(2), Float64Array.from(plan), 1, 8); // prettier-ignore

  it('a layer of which a part lies beyond the memory, or whose units are no vectors', () => {
    expect(() => layer(0, 2, 4, 20, 28, 2, 8, 1)).not.toThrow();
    expect(() => layer(61, 2, 4, 20, 28, 2, 8, 1)).toThrow('beyond its end: x');
    expect(() => layer(0, 2, 50, 20, 28, 2, 8, 1)).toThrow('beyond its end: kernel');
    expect(() => layer(0, 2, 4, 60, 28, 2, 8, 1)).toThrow('beyond its end: bias');
    expect(() => layer(0, 2, 4, 20, 49, 2, 8, 1)).toThrow('beyond its end: y');
    expect(() => layer(0, 2, 4, 20, 28, 2, 7, 1)).toThrow('no multiple of 8');
    expect(() => layer(0, 2)).toThrow('beyond its end: plan');
  });

  it('a curve of which a part lies beyond its arrays, and arrays of another type', () => {
    expect(() => curve(0, 0, 2, 0, 0, 1, 1, 0, 0)).not.toThrow();
    expect(() => curve(1, 0, 2, 0, 0, 1, 1, 0, 0)).toThrow('beyond its end: values');
    expect(() => curve(0, 2, 2, 0, 0, 1, 1, 0, 0)).toThrow('beyond its end: pairs');
    expect(() => curve(0, 0, 2, 1, 0, 1, 1, 0, 0)).toThrow('beyond its end: starts');
    expect(() => curve(0, 0, 2, 0, 0, 1, 1, 0, 1)).toThrow('beyond its end: inputs');
    const wrong = new Float64Array(8) as unknown as Float32Array;
    expect(() => kernels.denseRows(wrong, new Uint32Array(8), 1)).toThrow('of another type: memory');
    expect(() => (kernels.denseRows as (memory: Float32Array) => void)(memory)).toThrow('too few arguments');
  });
});
