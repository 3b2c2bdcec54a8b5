import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOfReaching } from '../../../domain/math/first-passage.ts';
import { invertSymmetric } from '../../../domain/math/invert-symmetric.ts';
import type { Design } from '../../../domain/preflight/design.ts';
import { dropInputs, fitLinear } from '../../../domain/preflight/least-squares.ts';

interface Vectors {
  readonly firstPassage: readonly {
    readonly mean: number;
    readonly variance: number;
    readonly barrier: number;
    readonly steps: number;
    readonly chance: number;
  }[];
  readonly inverses: readonly {
    readonly size: number;
    readonly matrix: readonly number[];
    readonly inverse: readonly number[];
  }[];
  readonly ridge: {
    readonly rows: number;
    readonly width: number;
    readonly inputs: readonly number[];
    readonly targets: readonly number[];
    readonly weights: readonly number[];
    readonly dropped: readonly number[];
    readonly left: readonly number[];
  };
}

const vectors = JSON.parse(readFileSync(new URL('../../vectors/preflight.json', import.meta.url), 'utf8')) as Vectors;

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, digits: number): void {
  expect(found).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) expect(found[i]).toBeCloseTo(expected[i]!, digits);
}

describe('agreement with scipy and numpy', () => {
  it('has the first passage of the inverse Gaussian law', () => {
    for (const { mean, variance, barrier, steps, chance } of vectors.firstPassage) {
      expect(chanceOfReaching({ mean, variance }, barrier, steps)).toBeCloseTo(chance, 8);
    }
  });

  it('inverts', () => {
    for (const { size, matrix, inverse } of vectors.inverses) {
      expectClose(invertSymmetric(Float64Array.from(matrix), size), inverse, 7);
    }
  });

  it('fits a ridge regression, and does without some of its inputs as a new fit would', () => {
    const { rows, width, inputs, targets, weights, dropped, left } = vectors.ridge;
    const design: Design = {
      rows,
      width,
      starts: Int32Array.from({ length: rows + 1 }, (_, row) => row * width),
      columns: Int32Array.from(inputs, (_, at) => at % width),
      values: Float64Array.from(inputs),
      columnsOf: new Map(),
      targets: Float64Array.from(targets),
      targetWidth: 2,
    };
    const fit = fitLinear(design, { from: 0, to: rows });
    expectClose(fit.weights, weights, 8);
    expectClose(dropInputs(fit, dropped, width), left, 8);
  });
});

describe('first passage and inversion', () => {
  it('is likelier with more steps and nearer barriers, and certain without variance', () => {
    const positive = fc.double({ min: 0.01, max: 10, noNaN: true });
    fc.assert(
      fc.property(positive, positive, positive, fc.integer({ min: 1, max: 1000 }), (mean, variance, barrier, steps) => {
        const chance = chanceOfReaching({ mean, variance }, barrier, steps);
        expect(chance).toBeGreaterThanOrEqual(0);
        expect(chance).toBeLessThanOrEqual(chanceOfReaching({ mean, variance }, barrier, steps + 1) + 1e-9);
        expect(chance).toBeLessThanOrEqual(chanceOfReaching({ mean, variance }, barrier / 2, steps) + 1e-9);
      }),
    );
    expect(chanceOfReaching({ mean: 1, variance: 0 }, 5, 5)).toBe(1);
    expect(chanceOfReaching({ mean: 1, variance: 0 }, 5, 4)).toBe(0);
    expect(chanceOfReaching({ mean: 1, variance: 1 }, 5, 0)).toBe(0);
  });

  it('refuses what has no inverse', () => {
    expect(() => invertSymmetric(Float64Array.of(1, 1, 1, 1), 2)).toThrow(/not positive definite at row 1/);
  });
});
