import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePredictions } from '../../../domain/blend/average.ts';
import { inNats, weighMembers } from '../../../domain/blend/weigh.ts';
import { createRng } from '../../../domain/math/rng.ts';

const constant = (loss: number, rows: number): Float64Array => new Float64Array(rows).fill(loss);

describe('shares in a blend', () => {
  it('are the exponentials of minus the summed losses, for rows that are independent', () => {
    const shares = weighMembers([constant(0.5, 100), constant(0.51, 100), constant(0.53, 100)], 8);
    const expected = [1, Math.exp(-1), Math.exp(-3)];
    const sum = expected.reduce((total, weight) => total + weight, 0);
    expect(shares.map(({ member }) => member)).toEqual([0, 1, 2]);
    for (const [index, { weight }] of shares.entries()) expect(weight).toBeCloseTo(expected[index]! / sum, 12);
  });

  it('are nearer to each other where rows depend, because there is less to tell them apart by', () => {
    const rng = createRng(1);
    const independent = Float64Array.from({ length: 600 }, () => rng());
    let state = 0;
    const dependent = independent.map((noise) => (state = 0.95 * state + 0.05 * noise));
    const worse = (losses: Float64Array) => losses.map((loss) => loss + 0.005);
    const shareOfWorse = (losses: Float64Array) =>
      weighMembers([losses, worse(losses)], 8).find(({ member }) => member === 1)?.weight ?? 0;
    expect(shareOfWorse(dependent)).toBeGreaterThan(0.3);
    expect(shareOfWorse(independent)).toBeLessThan(0.1);
  });

  it('go to the best, as many as may be, and not to those that would have next to none', () => {
    const losses = [0.9, 0.5, 0.501, 0.502].map((loss) => constant(loss, 200));
    expect(weighMembers(losses, 2).map(({ member }) => member)).toEqual([1, 2]);
    expect(weighMembers(losses, 8).map(({ member }) => member)).toEqual([1, 2, 3]);
  });

  it('leave out networks that say nothing about themselves', () => {
    expect(weighMembers([constant(0.1, 10), constant(0.5, 100), constant(Number.NaN, 100)], 8)).toEqual([
      { member: 1, weight: 1 },
    ]);
    expect(weighMembers([], 8)).toEqual([]);
    expect(weighMembers([constant(0.1, 10)], 8)).toEqual([]);
  });

  it('are positive and sum to 1, whatever the losses', () => {
    const losses = fc.array(
      fc
        .array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 0, maxLength: 80 })
        .map((rows) => Float64Array.from(rows)),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(losses, fc.integer({ min: 1, max: 8 }), (all, maxMembers) => {
        const shares = weighMembers(all, maxMembers);
        expect(shares.length).toBeLessThanOrEqual(maxMembers);
        expect(shares.every(({ weight }) => weight > 0)).toBe(true);
        if (shares.length > 0) expect(shares.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('do not depend on the unit of a value', () => {
    const rng = createRng(2);
    const errors = [1, 1.05, 1.2].map((size) => Float64Array.from({ length: 300 }, () => size * rng()));
    const inMetres = weighMembers(inNats('regression', errors), 8);
    const inFeet = weighMembers(
      inNats(
        'regression',
        errors.map((rows) => rows.map((error) => error * 3.28 ** 2)),
      ),
      8,
    );
    for (const [index, { weight }] of inFeet.entries()) expect(weight).toBeCloseTo(inMetres[index]!.weight, 9);
  });
});

describe('the answer of a blend', () => {
  it('is the weighted mean, output by output', () => {
    const outputs = [
      { width: 2, values: Float64Array.of(0.2, 0.8, 1, 0) },
      { width: 2, values: Float64Array.of(0.6, 0.4, 0, 1) },
    ];
    const { width, values } = averagePredictions(outputs, [0.75, 0.25]);
    expect(width).toBe(2);
    expect(Array.from(values)).toEqual([0.3, 0.7, 0.75, 0.25].map((value) => expect.closeTo(value, 12)));
  });
});
