import { describe, expect, it } from 'vitest';
import type { CategoricalContract, NumericContract } from '../../../domain/quality/contract.ts';
import { hashRows, hashText } from '../../../domain/quality/content-hash.ts';
import { countDuplicates } from '../../../domain/quality/duplicates.ts';
import { inferContract } from '../../../domain/quality/infer-contract.ts';
import { planStretches } from '../../../domain/quality/stretches.ts';
import { concatTables } from '../../../domain/snapshot/tables.ts';
import { makeRows, schema, withColumn, withNumbers } from './cases.ts';

const rows = makeRows(4_000, 1);
const contract = inferContract({ schema, ...rows }, 500);
const numbers = (name: string) => contract.columns[name] as NumericContract;

describe('inferContract', () => {
  it('learns what each column looks like', () => {
    expect(numbers('price').missing).toMatchObject({ rows: 4_000, hits: expect.any(Number) });
    expect(numbers('price').missing.hits / 4_000).toBeCloseTo(0.02, 2);
    expect(numbers('price').median).toBeCloseTo(50, 0);
    expect(numbers('price').whole).toBe(false);
    expect(numbers('count')).toMatchObject({ whole: true, kind: 'numeric', type: 'numeric' });
    expect(contract.columns['region']).toMatchObject({ kind: 'categorical', roams: false });
    expect((contract.columns['region'] as CategoricalContract).categories.toSorted()).toEqual(['north', 'south']);
    expect(contract.label).toMatchObject({ kind: 'classes', rows: 4_000, classes: [{ name: 'no' }, { name: 'yes' }] });
  });

  it('promises a range half as wide again on either side, none of times and constants', () => {
    const { range } = numbers('price');
    expect(range!.low).toBeLessThan(10);
    expect(range!.high).toBeGreaterThan(90);
    expect(range).toMatchObject({ roams: false, outside: { highest: 0 } });
    expect(numbers('at').range).toBeNull();
    const constant = inferContract({ schema, ...withNumbers(rows, 'price', () => 7) }, 500);
    expect(constant.columns['price']).toMatchObject({ range: null, steadiest: 1 });
  });

  it('promises no range where values roam, and no set of categories where new ones keep coming', () => {
    const roaming = withNumbers(rows, 'price', (_, row) => row);
    const open = withColumn(roaming, 'region', {
      kind: 'categorical',
      values: Array.from({ length: 4_000 }, (_, row) => `r${row}`),
    });
    const { columns } = inferContract({ schema, ...open }, 500);
    expect(columns['price']).toMatchObject({ range: { roams: true } });
    expect(columns['region']).toMatchObject({ roams: true });
  });

  it('measures the largest missing share in stretches as long as a live window', () => {
    const burst = withNumbers(rows, 'count', (value, row) => (row >= 1_000 && row < 1_500 ? Number.NaN : value));
    const { columns, stretchRows } = inferContract({ schema, ...burst }, 500);
    expect(stretchRows).toBe(500);
    expect(columns['count']!.missing).toMatchObject({ hits: 500, highest: 1 });
  });

  it('has a version that names its content, survives JSON, and follows the data', () => {
    expect(contract.version).toMatch(/^[\da-f]{16}$/);
    expect(inferContract({ schema, ...makeRows(4_000, 1) }, 500).version).toBe(contract.version);
    expect(inferContract({ schema, ...makeRows(4_000, 2) }, 500).version).not.toBe(contract.version);
    expect(JSON.parse(JSON.stringify(contract))).toEqual(contract);
  });

  it('learns the values of a regression', () => {
    const { label } = inferContract({ schema: { ...schema, classes: [] }, ...rows }, 500);
    expect(label).toMatchObject({ kind: 'values', rows: 4_000, column: { kind: 'numeric' } });
  });
});

describe('planStretches', () => {
  it('cuts stretches as long as windows, shorter ones of few rows, one of very few', () => {
    expect(planStretches(4_000, 500)).toHaveLength(8);
    expect(planStretches(4_000, 2_000)[0]).toEqual({ from: 0, to: 800, knownRows: null });
    expect(planStretches(300, 2_000)).toEqual([{ from: 0, to: 300, knownRows: null }]);
    expect(planStretches(0, 500)).toEqual([{ from: 0, to: 0, knownRows: null }]);
    expect(planStretches(1_000_000, 500)).toHaveLength(48);
  });

  it('lets stretches of the second half know what was before them', () => {
    for (const { from, knownRows } of planStretches(4_000, 500)) {
      if (from < 2_000) expect(knownRows).toBeNull();
      else expect(knownRows!).toBeLessThanOrEqual(from);
    }
  });
});

describe('hashes', () => {
  it('are equal for equal rows only, missing values and zeros included', () => {
    const table = {
      rowCount: 5,
      columns: {
        x: { kind: 'numeric' as const, values: Float64Array.of(0, -0, Number.NaN, Number.NaN, 1) },
        y: { kind: 'categorical' as const, values: ['a', 'a', null, null, ''] },
      },
    };
    const [a, b, c, d, e] = hashRows(table);
    expect([a === b, c === d, a === c, c === e]).toEqual([true, true, false, false]);
    expect(countDuplicates(table, { from: 0, to: 5 })).toBe(2);
    expect(countDuplicates(table, { from: 1, to: 3 })).toBe(0);
  });

  it('tell many rows apart', () => {
    const many = concatTables(schema, [makeRows(60_000, 3).table, makeRows(60_000, 3, 60_000).table]);
    expect(countDuplicates(many, { from: 0, to: 120_000 })).toBe(0);
    expect(hashText('')).not.toBe(hashText('\0'));
  });
});
