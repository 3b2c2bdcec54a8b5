import { describe, expect, it } from 'vitest';
import { createRangeCheck, gatherAnswerFacts } from '../../../domain/answers/facts.ts';
import type { DataSchema, Table } from '../../../domain/table.ts';

const schema: DataSchema = {
  features: [
    { name: 'price', type: 'numeric' },
    { name: 'region', type: 'categorical' },
    { name: 'holiday', type: 'boolean' },
    { name: 'seen', type: 'timestamp' },
    { name: 'empty', type: 'numeric' },
  ],
  label: 'y',
  classes: [],
};
const inputs: Table = {
  rowCount: 3,
  columns: {
    price: { kind: 'numeric', values: Float64Array.of(1, Number.NaN, 5) },
    region: { kind: 'categorical', values: ['north', null, 'south'] },
    holiday: { kind: 'numeric', values: Float64Array.of(0, 0, 0) },
    seen: { kind: 'numeric', values: Float64Array.of(1, 2, 3) },
    empty: { kind: 'numeric', values: new Float64Array(3).fill(Number.NaN) },
  },
};
const evidence = { schema, inputs, outputs: { width: 1, values: [1, 2] }, labels: [2, 2] };
const fits = { price: 3, region: 'south', holiday: false, seen: '2026-01-01T00:00:00Z', empty: null };

describe('what travels with a version', () => {
  it('is plain JSON: ranges, categories and, for values, the sizes of errors', () => {
    const facts = gatherAnswerFacts({ ...evidence, task: 'regression' });
    expect(JSON.parse(JSON.stringify(facts))).toEqual({
      range: {
        price: { kind: 'numeric', low: 1, high: 5 },
        region: { kind: 'categorical', categories: ['north', 'south'] },
        holiday: { kind: 'numeric', low: 0, high: 0 },
      },
      residuals: { rows: 2, sizes: [0, 1], every: 1 },
    });
    expect(gatherAnswerFacts({ ...evidence, task: 'binary' }).residuals).toBeNull();
  });

  it('leaves out the categories of a feature that has thousands', () => {
    const rowCount = 5_001;
    const values = Array.from({ length: rowCount }, (_, row) => `customer ${row}`);
    const many = { rowCount, columns: { region: { kind: 'categorical' as const, values } } };
    expect(gatherAnswerFacts({ ...evidence, task: 'binary', inputs: many }).range).toEqual({});
  });

  it.each([
    ['nothing, where all was seen', {}, []],
    ['a value beyond the largest', { price: 5.1 }, ['price']],
    ['a value below the smallest', { price: 0 }, ['price']],
    ['an unseen category', { region: 'west' }, ['region']],
    ['an unseen truth', { holiday: true }, ['holiday']],
    ['no time, which is always later', { seen: '2099-01-01T00:00:00Z' }, []],
    ['no missing value', { price: null, region: null }, []],
    ['no feature that training never saw a value of', { empty: 7 }, []],
    ['all that are outside', { region: 'west', price: 9 }, ['price', 'region']],
  ])('names %s', (_name, changes, expected) => {
    const { range } = gatherAnswerFacts({ ...evidence, task: 'binary' });
    expect(createRangeCheck(range)({ ...fits, ...changes })).toEqual(expected);
  });
});
