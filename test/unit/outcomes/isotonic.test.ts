import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyIsotonic, fitIsotonic } from '../../../domain/math/isotonic.ts';
import vectors from '../../vectors/isotonic.json' with { type: 'json' };

describe('fitIsotonic', () => {
  it.each(vectors.curves)('has the corners and values of scikit-learn: $name', ({ x, y, weights, ...expected }) => {
    const curve = fitIsotonic(x, y, weights ?? undefined)!;
    expect(curve.xs).toEqual(expected.corners);
    const answers = expected.ask.map((at) => applyIsotonic(curve, at));
    answers.forEach((answer, index) => expect(answer).toBeCloseTo(expected.answers[index]!, 12));
  });

  it('pools neighbours that fall', () => {
    const curve = fitIsotonic([1, 2, 3, 4], [0, 1, 0, 1])!;
    expect([1, 2, 2.5, 3, 3.5, 4, 9].map((x) => applyIsotonic(curve, x))).toEqual([0, 0.5, 0.5, 0.5, 0.75, 1, 1]);
  });

  it('is null where no point is left', () => {
    expect(fitIsotonic([], [])).toBeNull();
    expect(fitIsotonic([1, Number.NaN, 2], [Number.NaN, 1, 1], [1, 1, 0])).toBeNull();
  });

  it('never falls and stays within the values it was given, whatever they are', () => {
    const points = fc.array(fc.tuple(fc.double(), fc.double({ noNaN: true, min: -1e300, max: 1e300 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(points, fc.array(fc.double({ noNaN: true })), (pairs, asked) => {
        const curve = fitIsotonic(
          pairs.map(([x]) => x),
          pairs.map(([, y]) => y),
        );
        if (curve === null) return;
        const ys = pairs.filter(([x]) => Number.isFinite(x)).map(([, y]) => y);
        const values = asked.sort((a, b) => a - b).map((x) => applyIsotonic(curve, x));
        const slack = 1e-12 * Math.max(...ys.map(Math.abs));
        values.forEach((value, index) => {
          expect(value).toBeGreaterThanOrEqual(Math.max(Math.min(...ys), values[index - 1] ?? -Infinity) - slack);
          expect(value).toBeLessThanOrEqual(Math.max(...ys) + slack);
        });
      }),
    );
  });
});
