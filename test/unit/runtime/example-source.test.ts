import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inMemory, type ExampleSource } from '../../../adapters/runtime/example-source.ts';
import { openFloats } from '../../../adapters/runtime/open-file.ts';
import { streamExamples } from '../../../adapters/runtime/stream-examples.ts';
import { createRng } from '../../../domain/math/rng.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'incumbent-examples-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const inputWidth = 3;
const targetWidth = 2;

/** Rows that say who they are: the inputs of row r are r, r + .25 and r + .5, its class is that of r / 2. */
function rowsOf(rowCount: number) {
  const inputs = Float32Array.from({ length: rowCount * inputWidth }, (_, i) => Math.floor(i / 3) + (i % 3) / 4);
  const targets = Float32Array.from({ length: rowCount * targetWidth }, (_, i) => Number(i % 2 === (i >> 1) % 2));
  return { rowCount, inputWidth, targetWidth, inputs, targets };
}

/** Calls back with a source over files of those rows. */
function withStream<T>(rowCount: number, bufferRows: number, use: (source: ExampleSource) => T): T {
  const { inputs, targets } = rowsOf(rowCount);
  const open = (name: string, values: Float32Array) => {
    writeFileSync(join(directory, name), new Uint8Array(values.buffer));
    return openFloats(join(directory, name));
  };
  const files = { inputs: open('inputs', inputs), targets: open('targets', targets) };
  const classWeights = Float64Array.of(0.5, 2);
  try {
    const bufferBytes = bufferRows * 4 * (inputWidth + targetWidth + 1);
    return use(streamExamples({ rowCount, inputWidth, targetWidth, ...files, classWeights }, bufferBytes));
  } finally {
    Object.values(files).forEach((file) => file.close());
  }
}

/** Of one pass, batch by batch: which rows it took, as their inputs tell. */
function passOf(source: ExampleSource, seed: number, batchSize: number): number[][] {
  const batches: number[][] = [];
  for (const { examples, order } of source.shuffled(createRng(seed), batchSize)) {
    for (let from = 0; from < order.length; from += batchSize) {
      const taken = order.subarray(from, from + batchSize);
      batches.push(Array.from(taken, (row) => examples.inputs[row * inputWidth]!));
    }
  }
  return batches;
}

const anyPass = fc.record({
  rowCount: fc.integer({ min: 1, max: 700 }),
  bufferRows: fc.integer({ min: 1, max: 900 }),
  batchSize: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(),
});

const ascending = (a: number, b: number) => a - b;

describe('examples that are streamed', () => {
  it('come once each a pass, in whole batches but for one at most, in an order that the seed decides', () => {
    fc.assert(
      fc.property(anyPass, ({ rowCount, bufferRows, batchSize, seed }) =>
        withStream(rowCount, bufferRows, (source) => {
          const pass = passOf(source, seed, batchSize);
          expect(pass.flat().sort(ascending)).toEqual(Array.from({ length: rowCount }, (_, row) => row));
          expect(pass.length).toBe(Math.ceil(rowCount / batchSize));
          expect(passOf(source, seed, batchSize)).toEqual(pass);
        }),
      ),
      { numRuns: 60 },
    );
  });

  it('hold no more rows in memory than the buffer, or a batch where that is more', () => {
    fc.assert(
      fc.property(anyPass, ({ rowCount, bufferRows, batchSize, seed }) =>
        withStream(rowCount, bufferRows, (source) => {
          for (const { examples } of source.shuffled(createRng(seed), batchSize)) {
            expect(examples.rowCount).toBeLessThanOrEqual(Math.max(bufferRows, batchSize));
          }
        }),
      ),
      { numRuns: 40 },
    );
  });

  it('bring their targets and the weights of their class along', () => {
    withStream(300, 100, (source) => {
      for (const { examples } of source.shuffled(createRng(1), 7)) {
        for (let row = 0; row < examples.rowCount; row += 1) {
          const label = examples.inputs[row * inputWidth]! % 2;
          expect(examples.inputs[row * inputWidth + 2]).toBe(examples.inputs[row * inputWidth]! + 0.5);
          expect(examples.targets[row * targetWidth + label]).toBe(1);
          expect(examples.rowWeights![row]).toBe(label === 0 ? 0.5 : 2);
        }
      }
    });
  });

  it('bring a row to any part of a pass, over many passes', () => {
    const rowCount = 240;
    withStream(rowCount, 60, (source) => {
      // The mean place of each row over passes: half way, within five standard errors of a uniform place.
      const sums = new Float64Array(rowCount);
      const passes = 400;
      for (let seed = 0; seed < passes; seed += 1) {
        for (const [place, row] of passOf(source, seed, 6).flat().entries()) sums[row] = sums[row]! + place;
      }
      const error = (5 * rowCount) / Math.sqrt(12 * passes);
      for (const sum of sums) expect(Math.abs(sum / passes - (rowCount - 1) / 2)).toBeLessThan(error);
    });
  });

  it('come as they lie when they are to be answered, in parts', () => {
    const rowCount = 10_000;
    withStream(rowCount, 5_000, (source) => {
      const parts = Array.from(source.inOrder(), ({ inputs }) => inputs.slice());
      expect(parts.map(({ length }) => length / inputWidth)).toEqual([4_096, 4_096, 1_808]);
      expect(Float32Array.from(parts.flatMap((part) => [...part]))).toEqual(rowsOf(rowCount).inputs);
    });
  });

  it('are an error where a file is shorter than it says', () => {
    withStream(100, 50, () => {
      const file = openFloats(join(directory, 'inputs'));
      expect(() => file.read(new Float32Array(10), 295)).toThrow(/ends before byte 1220/);
      file.close();
    });
  });
});

describe('examples in memory', () => {
  it('come once each a pass, any after any other', () => {
    const source = inMemory({ ...rowsOf(50), rowWeights: null });
    const [first, second] = [passOf(source, 1, 8), passOf(source, 2, 8)];
    expect(first.flat().sort(ascending)).toEqual(Array.from({ length: 50 }, (_, row) => row));
    expect(second).not.toEqual(first);
  });
});
