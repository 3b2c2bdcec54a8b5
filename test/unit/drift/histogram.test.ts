import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCategorical, cutCategorical, describeCategorical } from '../../../domain/drift/categorical-histogram.ts';
import { countColumn, describeColumn } from '../../../domain/drift/column-histogram.ts';
import { countRows, mergeHistograms } from '../../../domain/drift/histogram.ts';
import { countNumeric, cutNumeric, describeNumeric } from '../../../domain/drift/numeric-histogram.ts';
import { sortAround } from '../../../domain/drift/sort-around.ts';
import { anyNumbers } from './arbitraries.ts';

const twentyTimes = (values: readonly number[]) => values.flatMap((value) => new Array<number>(20).fill(value));

describe('numeric histograms', () => {
  it('cut the reference into cells of equal mass', () => {
    const values = Array.from({ length: 1280 }, (_, i) => (i * 7919) % 1280);
    const { counts } = countNumeric(cutNumeric(values), values);
    expect(counts).toEqual([0, ...new Array(64).fill(20), 0, 0]);
  });

  it('count missing, infinite and out-of-range values in cells of their own', () => {
    const spec = cutNumeric(twentyTimes([1, 2, 3, 4]), 2);
    expect(spec).toMatchObject({ min: 1, uppers: [2, 4] });
    expect(countNumeric(spec, [0, -Infinity, 1, 2, 2.5, 4, 5, Infinity, NaN]).counts).toEqual([2, 2, 2, 2, 1]);
  });

  it('give a constant its own cell, with one below and one above', () => {
    const spec = cutNumeric(new Array(500).fill(7));
    expect(countNumeric(spec, [6.9, 7, 7, 7.1, NaN]).counts).toEqual([1, 2, 1, 1]);
  });

  it.each([1, 50, 99])('keep the two values of a 0/1 column apart when %i%% are ones', (percent) => {
    const reference = Array.from({ length: 400 }, (_, row) => (row % 100 < percent ? 1 : 0));
    expect(countNumeric(cutNumeric(reference), [0, 0, 1]).counts).toEqual([0, 2, 1, 0, 0]);
  });

  it('have fewer cells on a short reference', () => {
    expect(cutNumeric(Array.from({ length: 200 }, (_, row) => row)).uppers).toHaveLength(10);
  });

  it('locate their cells in standard deviations of the reference', () => {
    const { positions } = cutNumeric(twentyTimes([-1, 1]));
    expect(positions).toEqual([-1, -1, 1, 1]);
  });

  it('can be cut on nothing', () => {
    expect(countNumeric(cutNumeric([NaN]), [-1, 1, NaN]).counts).toEqual([1, 1, 1]);
  });

  it('count every row once and survive JSON, whatever the values', () => {
    fc.assert(
      fc.property(anyNumbers, anyNumbers, (reference, current) => {
        const histogram = countNumeric(cutNumeric(reference, 8), current);
        expect(countRows(histogram)).toBe(current.length);
        expect(histogram.spec.kind === 'numeric' && histogram.spec.positions.every(Number.isFinite)).toBe(true);
        expect(JSON.stringify(JSON.parse(JSON.stringify(histogram)))).toBe(JSON.stringify(histogram));
      }),
    );
  });
});

describe('categorical histograms', () => {
  const repeat = (category: string | null, rows: number) => new Array<string | null>(rows).fill(category);

  it('count the frequent categories, other and missing', () => {
    const spec = cutCategorical([...repeat('b', 20), ...repeat('a', 30), ...repeat(null, 5)]);
    expect(spec.top).toEqual(['a', 'b']);
    expect(countCategorical(spec, ['a', 'b', 'b', 'never seen', null]).counts).toEqual([1, 2, 1, 1]);
  });

  it('keep at most so many categories', () => {
    const values = Array.from({ length: 5000 }, (_, row) => `c${Math.floor(Math.sqrt(row))}`);
    const { top } = cutCategorical(values, { top: 10 });
    expect(top.length).toBeGreaterThan(5);
    expect(top.length).toBeLessThanOrEqual(10);
    expect(top).toContain('c69');
  });

  it('give no cells to a column of ids, where frequent is only lucky', () => {
    expect(cutCategorical(Array.from({ length: 1000 }, (_, row) => `id-${row}`)).top).toEqual([]);
  });

  it('cut a million categories', () => {
    const spec = cutCategorical(Array.from({ length: 1_000_000 }, (_, row) => (row % 2 ? 'even' : `id-${row}`)));
    expect(spec.top).toEqual(['even']);
  });

  it('can be cut on nothing', () => {
    expect(countCategorical(cutCategorical([]), ['a', null]).counts).toEqual([1, 1]);
  });
});

describe('column histograms', () => {
  it('compare booleans as categories and numbers by size', () => {
    const flags = { kind: 'numeric', values: Float64Array.of(0, 1, 1, NaN) } as const;
    const reference = { kind: 'numeric', values: Float64Array.from({ length: 300 }, (_, i) => i % 2) } as const;
    const { spec } = describeColumn('boolean', reference);
    expect(spec).toEqual({ kind: 'categorical', top: ['0', '1'] });
    expect(countColumn(spec, flags).counts).toEqual([1, 2, 0, 1]);
    expect(describeColumn('numeric', flags).spec.kind).toBe('numeric');
  });

  it('refuse text where numbers are declared', () => {
    expect(() => describeColumn('numeric', { kind: 'categorical', values: ['a'] })).toThrow(
      'declare the feature as categorical',
    );
  });
});

describe('mergeHistograms', () => {
  it('is associative and commutative, and counts parts as the whole', () => {
    fc.assert(
      fc.property(anyNumbers, anyNumbers, anyNumbers, (x, y, z) => {
        const spec = cutNumeric(x, 8);
        const [a, b, c] = [x, y, z].map((values) => countNumeric(spec, values)) as [Counted, Counted, Counted];
        expect(mergeHistograms(a, b)).toEqual(mergeHistograms(b, a));
        expect(mergeHistograms(mergeHistograms(a, b), c)).toEqual(mergeHistograms(a, mergeHistograms(b, c)));
        expect(mergeHistograms(a, b)).toEqual(countNumeric(spec, [...x, ...y]));
      }),
    );
  });

  it('refuses windows that were counted on different cells', () => {
    const a = countNumeric(cutNumeric([1, 2]), [1]);
    const b = countNumeric(cutNumeric([1, 3]), [1]);
    expect(() => mergeHistograms(a, b)).toThrow('count both windows on the spec that was cut on the reference');
  });
});

type Counted = ReturnType<typeof countNumeric>;

describe('a reference that is described', () => {
  const numbers = fc.oneof(
    anyNumbers,
    fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1_500, maxLength: 3_000 }),
    fc.array(fc.double({ noNaN: true }), { minLength: 1_500, maxLength: 2_000 }),
  );

  it('has the counts of the same values counted on its cells', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const described = describeNumeric(values);
        expect(described).toEqual(countNumeric(described.spec, values));
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', null)), (values) => {
        const described = describeCategorical(values, { top: 2 });
        expect(described).toEqual(countCategorical(described.spec, values));
      }),
    );
  });
});

describe('sortAround', () => {
  it('puts at every rank, and before it, what sorting would put there', () => {
    const values = fc.array(
      fc.oneof(
        fc.integer({ min: -9, max: 9 }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      ),
      { minLength: 1_000, maxLength: 2_000 },
    );
    fc.assert(
      fc.property(values, fc.array(fc.nat(999), { maxLength: 9 }), (unsorted, ranks) => {
        const sorted = Float64Array.from(unsorted).sort();
        const arranged = sortAround(Float64Array.from(unsorted), ranks);
        for (const rank of ranks) {
          expect([arranged[rank], arranged[rank - 1]]).toEqual([sorted[rank], sorted[rank - 1]]);
        }
        expect(arranged.sort()).toEqual(sorted);
      }),
      { numRuns: 60 },
    );
  });
});
