import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';
import { chooseBlockRows, optimizeBlockLength } from '../../../domain/outcomes/dependence.ts';
import vectors from '../../vectors/dependence.json' with { type: 'json' };

function autoregression(rho: number, rows: number, seed: number): Float64Array {
  const random = createRng(seed);
  let value = 0;
  return Float64Array.from({ length: rows }, () => (value = rho * value + random() - 0.5));
}

describe('optimizeBlockLength', () => {
  it.each(vectors.series)('is that of arch: $name', ({ values, circular }) => {
    expect(optimizeBlockLength(Float64Array.from(values))!.length).toBeCloseTo(circular, 6);
  });

  it('is null for a constant series', () => {
    expect(optimizeBlockLength(new Float64Array(500).fill(0.1))).toBeNull();
  });
});

describe('chooseBlockRows', () => {
  it('finds the dependence of an AR(1) process, and none where there is none', () => {
    expect(chooseBlockRows(autoregression(0.5, 10_000, 1))).toBe(37);
    expect(chooseBlockRows(autoregression(0, 10_000, 1))).toBe(1);
  });

  it('takes independent values for dependent in less than one series of a hundred', () => {
    const found = Array.from({ length: 400 }, (_, seed) => chooseBlockRows(autoregression(0, 1_000, seed)));
    expect(found.filter((rows) => rows > 1).length).toBeLessThan(4);
  });

  it('leaves at least ten blocks', () => {
    const walk = autoregression(1, 100, 3);
    expect(chooseBlockRows(walk)).toBe(10);
  });

  it.each([
    ['an empty series', []],
    ['a short one', autoregression(0.9, 49, 1)],
    ['a constant one', new Float64Array(1_000).fill(1 / 3)],
    ['nothing but NaN', new Float64Array(1_000).fill(Number.NaN)],
  ])('is 1 for %s', (_, series) => expect(chooseBlockRows(series)).toBe(1));

  it('leaves out what is not finite, and overflows nowhere', () => {
    const series = autoregression(0.5, 2_000, 1);
    const holed = Array.from(series).flatMap((value) => [value, Number.NaN, Infinity]);
    expect(chooseBlockRows(holed)).toBe(chooseBlockRows(series));
    expect(chooseBlockRows(series.map((value) => value * 1e308))).toBe(chooseBlockRows(series));
  });
});
