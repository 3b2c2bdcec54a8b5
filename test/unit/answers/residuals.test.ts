import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halfWidth, measureResiduals } from '../../../domain/answers/residuals.ts';
import { createRng } from '../../../domain/math/rng.ts';

describe('the interval of a predicted value', () => {
  it('is the example of its description', () => {
    const residuals = measureResiduals([1, -2, 3, -4, 5, -6, 7, -8, 9], new Array<number>(9).fill(0));
    expect(halfWidth(residuals!, 0.8)).toBe(8);
    expect(halfWidth(residuals!, 0.9)).toBe(9);
  });

  it('is none where the holdout is too small for its level, or has no rows', () => {
    const residuals = measureResiduals([1, 2, 3], [0, 0, 0]);
    expect(halfWidth(residuals!, 0.9)).toBeNull();
    expect(measureResiduals([], [])).toBeNull();
    expect(measureResiduals([Number.NaN], [1])).toBeNull();
  });

  it('is never narrower where only some sizes are kept, and hardly wider', () => {
    const anyCase = fc.record({
      seed: fc.integer(),
      rows: fc.integer({ min: 2_001, max: 9_000 }),
      level: fc.constantFrom(0.5, 0.8, 0.9, 0.99),
    });
    fc.assert(
      fc.property(anyCase, ({ seed, rows, level }) => {
        const random = createRng(seed);
        const errors = Float64Array.from({ length: rows }, random);
        const sorted = errors.toSorted();
        const exact = Math.ceil(Number(((rows + 1) * level).toPrecision(12)));
        const found = halfWidth(measureResiduals(errors, new Float64Array(rows))!, level)!;
        const rank = sorted.indexOf(found) + 1;
        expect(rank).toBeGreaterThanOrEqual(exact);
        expect(rank - exact).toBeLessThan(Math.ceil(rows / 2_000));
      }),
      { numRuns: 30 },
    );
  });

  it('holds the outcome as often as it says, over holdouts and outcomes (2,000 of each, exponential errors)', () => {
    const random = createRng(7);
    const draw = (): number => -Math.log(1 - random()) * (random() < 0.5 ? -1 : 1);
    const [rows, level, tries] = [60, 0.9, 2_000];
    let inside = 0;
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const residuals = measureResiduals(Float64Array.from({ length: rows }, draw), new Float64Array(rows))!;
      if (Math.abs(draw()) <= halfWidth(residuals, level)!) inside += 1;
    }
    // By theory between .9 and .9 + 1/61; the standard error is .0066.
    expect(inside / tries).toBeGreaterThan(0.9 - 3 * 0.0067);
    expect(inside / tries).toBeLessThan(0.917 + 3 * 0.0067);
  });
});
