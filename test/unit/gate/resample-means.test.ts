import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resampleMeans } from '../../../domain/gate/resample-means.ts';
import { groupIntoUnits } from '../../../domain/gate/resampling-units.ts';
import { createRng } from '../../../domain/math/rng.ts';

describe('resampling a mean', () => {
  it('draws what the generator says, for even and odd numbers of rows', () => {
    const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.integer(), (rows, seed) => {
        const random = createRng(seed);
        const draw = () => rows[Math.floor((Math.floor(random() * 2 ** 31) / 2 ** 31) * rows.length)]!;
        const mean = () => rows.reduce((sum) => sum + draw(), 0) / rows.length;
        const expected = Float64Array.from({ length: 5 }, mean).sort();
        expect(resampleMeans(groupIntoUnits(Float64Array.from(rows)), 5, seed)).toEqual(expected);
      }),
    );
  });

  it('has the mean and the spread of the rows, as blocks of one row have', () => {
    const random = createRng(5);
    const values = Float64Array.from({ length: 30_000 }, () => -Math.log(1 - random()));
    const units = groupIntoUnits(values);
    const blocks = groupIntoUnits(values, [...values.keys()]);
    for (const means of [resampleMeans(units, 1_000, 1), resampleMeans(blocks, 1_000, 2)]) {
      const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
      const spread = Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (means.length - 1));
      // Four standard errors of a mean and of a standard deviation of 1,000 draws.
      expect(Math.abs(mean - units.mean)).toBeLessThan((4 / Math.sqrt(1_000)) * units.standardError);
      expect(Math.abs(spread / units.standardError - 1)).toBeLessThan(4 / Math.sqrt(2_000));
    }
  });
});
