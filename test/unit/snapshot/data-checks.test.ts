import { describe, expect, it } from 'vitest';
import { whyNotTrainOn } from '../../../domain/snapshot/data-checks.ts';
import { concatTables, sliceTable } from '../../../domain/snapshot/tables.ts';
import type { DataSchema, Table } from '../../../domain/table.ts';

const schema: DataSchema = {
  features: [
    { name: 'price', type: 'numeric' },
    { name: 'region', type: 'categorical' },
  ],
  label: 'up',
  classes: ['0', '1'],
};

function table(prices: number[], regions: (string | null)[]): Table {
  return {
    rowCount: prices.length,
    columns: {
      price: { kind: 'numeric', values: Float64Array.from(prices) },
      region: { kind: 'categorical', values: regions },
    },
  };
}

const good = table([1, 2, Number.NaN], ['a', null, 'b']);
const all = { from: 0, to: 3 };

describe('whyNotTrainOn', () => {
  it('has nothing against two classes and features with values', () => {
    expect(whyNotTrainOn(good, [0, 1, 1], schema, all)).toBeNull();
  });

  it('refuses a label of one class, even where the holdout has another', () => {
    expect(whyNotTrainOn(good, [1, 1, 0], schema, { from: 0, to: 2 })).toBe(
      'label "up" has one class only in the 2 training rows',
    );
  });

  it('refuses a label that is not finite', () => {
    expect(whyNotTrainOn(good, [0, Number.NaN, 1], schema, all)).toBe('label "up" of row 1 is not a finite number');
  });

  it('refuses a feature without any value', () => {
    const empty = table([Number.NaN, Number.NaN, Number.NaN], ['a', 'b', 'c']);
    expect(whyNotTrainOn(empty, [0, 1, 1], schema, all)).toMatch(/feature "price" has no value in any training row/);
    const blank = table([1, 2, 3], [null, null, null]);
    expect(whyNotTrainOn(blank, [0, 1, 1], schema, all)).toMatch(/feature "region" has no value/);
  });

  it('refuses a table without the feature', () => {
    expect(whyNotTrainOn({ rowCount: 2, columns: {} }, [0, 1], schema, { from: 0, to: 2 })).toMatch(
      /not among the columns/,
    );
  });
});

describe('tables', () => {
  it('come back whole when they are cut and put together again', () => {
    const parts = [sliceTable(good, { from: 0, to: 1 }), sliceTable(good, { from: 1, to: 3 })];
    expect(concatTables(schema, parts)).toEqual(good);
  });

  it('refuse parts that do not fit', () => {
    const other: Table = { rowCount: 1, columns: { price: { kind: 'categorical', values: ['x'] } } };
    expect(() => concatTables(schema, [good, other])).toThrow(/"price" is missing or of another type/);
  });
});
