import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matureCount } from '../../../domain/outcomes/maturity.ts';

const options = { labelDelayRows: 500, matureShare: 0.95 };
const labelled = (rows: number): number[] => Array.from({ length: rows }, () => 1);
const unlabelled = (rows: number): number[] => Array.from({ length: rows }, () => Number.NaN);

describe('matureCount', () => {
  it('counts rows up to the first block that waits for its labels', () => {
    expect(matureCount([...labelled(96), ...unlabelled(48), ...labelled(48)], options)).toBe(96);
  });

  it('lets a few rows of a block stay without a label', () => {
    expect(matureCount([...labelled(47), Number.NaN, ...labelled(48)], options)).toBe(96);
  });

  it('gives up on rows that have grown too old', () => {
    expect(matureCount([...unlabelled(48), ...labelled(500)], options)).toBe(548);
  });

  it('takes an unfinished block only when all of it is labelled', () => {
    expect(matureCount(labelled(50), options)).toBe(50);
    expect(matureCount([...labelled(49), Number.NaN], options)).toBe(48);
  });

  it('is 0 for no rows', () => {
    expect(matureCount([], options)).toBe(0);
  });

  it('never goes back when labels arrive', () => {
    const label = fc.constantFrom(0, 1, Number.NaN);
    fc.assert(
      fc.property(fc.array(label, { maxLength: 300 }), fc.nat(299), (labels, row) => {
        const later = labels.map((value, index) => (index === row ? 1 : value));
        expect(matureCount(later, options)).toBeGreaterThanOrEqual(matureCount(labels, options));
      }),
    );
  });
});
