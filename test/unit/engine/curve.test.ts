import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCurve, readCurve } from '../../../adapters/engine/curve.ts';
import { applyPreprocessing } from '../../../domain/preprocessing/apply.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const points = fc
  .uniqueArray(fc.tuple(finite, fc.double({ min: -5, max: 5, noNaN: true })), { selector: ([knot]) => knot + 0, maxLength: 40 })
  .map((pairs) => pairs.toSorted(([a], [b]) => a - b)); // prettier-ignore

describe('the curve of a feature', () => {
  it('says to the bit what preprocessing says, whatever its knots: far apart, close together, few or none', () => {
    fc.assert(
      fc.property(points, finite, fc.array(fc.double(), { maxLength: 20 }), (pairs, median, others) => {
        const [knots, scores] = [pairs.map(([knot]) => knot), pairs.map(([, score]) => score)];
        const values = Float64Array.from([...others, ...knots, Number.NaN, Infinity, -Infinity]);
        const step = { kind: 'rank', feature: 'x', median, knots, scores, missingIndicator: false } as const;
        const table = { rowCount: values.length, columns: { x: { kind: 'numeric' as const, values } } };
        const { values: expected } = applyPreprocessing({ width: 1, steps: [step] }, table);
        const found = new Float32Array(values.length);
        readCurve(createCurve(knots, scores, median), values, 0, values.length, found, 0, 1);
        expect(Array.from(found)).toEqual(Array.from(expected));
      }),
      { numRuns: 1_000 },
    );
  });
});
