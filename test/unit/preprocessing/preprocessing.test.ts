import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPreprocessing } from '../../../domain/preprocessing/apply.ts';
import { fitPreprocessing } from '../../../domain/preprocessing/fit.ts';
import { fitLabelScale, scaleLabels, unscalePredictions } from '../../../domain/preprocessing/label-scale.ts';
import type { Preprocessing } from '../../../domain/preprocessing/preprocessing.ts';
import type { DataSchema, FeatureType, Table } from '../../../domain/table.ts';

const { NaN: missing, POSITIVE_INFINITY: infinite } = Number;

function schemaOf(features: Record<string, FeatureType>): DataSchema {
  return {
    features: Object.entries(features).map(([name, type]) => ({ name, type })),
    label: 'y',
    classes: ['no', 'yes'],
  };
}

function numeric(values: number[]): Table {
  return { rowCount: values.length, columns: { x: { kind: 'numeric', values: Float64Array.from(values) } } };
}

function categorical(values: (string | null)[]): Table {
  return { rowCount: values.length, columns: { x: { kind: 'categorical', values } } };
}

function fitAll(table: Table, type: FeatureType): Preprocessing {
  return fitPreprocessing(table, schemaOf({ x: type }), { from: 0, to: table.rowCount });
}

function inputs(preprocessing: Preprocessing, table: Table): number[][] {
  const { width, values } = applyPreprocessing(preprocessing, table);
  return Array.from({ length: table.rowCount }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
}

describe('numeric features', () => {
  it('are put on a normal scale by their rank among the training rows alone, and held at its ends', () => {
    const table = numeric([1, 2, 3, 4, 5, 2.5, -100, 500]);
    const fitted = fitPreprocessing(table, schemaOf({ x: 'numeric' }), { from: 0, to: 5 });
    const [one, two, three, four, five, between, below, above] = inputs(fitted, table).map(([input]) => input!);
    expect(three).toBeCloseTo(0, 1);
    expect([one, two]).toEqual([-five!, -four!].map((value) => expect.closeTo(value, 1) as number));
    expect(between).toBeCloseTo((two! + three!) / 2, 6);
    expect([below, above]).toEqual([one, five]);
  });

  it('have one more input for each of few values, none of them for a value that training never saw', () => {
    const table = numeric(Array.from({ length: 60 }, (_, row) => row % 3));
    const fitted = fitAll(table, 'numeric');
    expect(inputs(fitted, numeric([0, 1, 2, 7, missing])).map((row) => row.slice(1))).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('are standardised as well where a value is predicted', () => {
    const table = numeric([1, 3, 1, 3, 500]);
    const regression = { ...schemaOf({ x: 'numeric' }), classes: [] };
    const fitted = fitPreprocessing(table, regression, { from: 0, to: 4 });
    expect(inputs(fitted, table).map(([input]) => input)).toEqual([-1, 1, -1, 1, 10]);
  });

  it('take the median and say that they were missing, where training saw missing values', () => {
    const table = numeric([0, 0, 6, missing]);
    const fitted = fitAll(table, 'numeric');
    expect(fitted.width).toBe(2);
    const [zero, , , absent] = inputs(fitted, table);
    expect(absent).toEqual([zero![0], 1]);
    expect(zero![1]).toBe(0);
  });

  it('have no indicator where training saw none missing, and then take the median', () => {
    const fitted = fitAll(numeric([1, 2, 9]), 'numeric');
    expect(inputs(fitted, numeric([missing]))).toEqual(inputs(fitted, numeric([2])));
  });

  it('are zero where training saw one value only, or none', () => {
    expect(inputs(fitAll(numeric([0.1, 0.1, 0.1]), 'numeric'), numeric([0.1, 7]))).toEqual([[0], [0]]);
    expect(inputs(fitAll(numeric([missing, missing]), 'numeric'), numeric([missing, 7]))).toEqual([
      [0, 1],
      [0, 0],
    ]);
  });

  it('keep milliseconds apart in timestamps', () => {
    const start = Date.UTC(2026, 0, 1);
    const table = numeric([start, start + 2]);
    const [first, second] = inputs(fitAll(table, 'timestamp'), table);
    expect(second![0]! - first![0]!).toBeGreaterThan(1);
  });
});

describe('boolean features', () => {
  it('are 0 and 1, and a half when missing', () => {
    expect(inputs(fitAll(numeric([0, 1]), 'boolean'), numeric([0, 1, missing]))).toEqual([[0], [1], [0.5]]);
  });
});

describe('categorical features', () => {
  it('have an input each, one for unseen categories and one for missing', () => {
    const fitted = fitAll(categorical(['b', 'a', 'b']), 'categorical');
    expect(inputs(fitted, categorical(['b', 'a', 'toString', null]))).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ]);
  });

  it('keep the 32 most frequent categories; the rest are other', () => {
    const names = Array.from({ length: 40 }, (_, index) => `c${String(index).padStart(2, '0')}`);
    const fitted = fitAll(categorical([...names, 'c39']), 'categorical');
    expect(fitted.width).toBe(34);
    expect(fitted.steps[0]).toMatchObject({ categories: ['c39', ...names.slice(0, 31)] });
  });
});

describe('preprocessing', () => {
  it('names the feature whose column is absent or of another kind', () => {
    const fitted = fitAll(numeric([1, 2]), 'numeric');
    expect(() => applyPreprocessing(fitted, { rowCount: 1, columns: {} })).toThrow('no column for the feature "x"');
    expect(() => applyPreprocessing(fitted, categorical(['a']))).toThrow('"x" must be a numeric column');
  });

  it('gives finite inputs within 10 standard deviations for any numbers, also after a round trip through JSON', () => {
    const anyNumbers = fc.array(fc.double(), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(anyNumbers, anyNumbers, (trained, served) => {
        const fitted = fitAll(numeric(trained), 'numeric');
        const { values } = applyPreprocessing(fitted, numeric(served));
        expect(values.every((value) => Math.abs(value) <= 10)).toBe(true);
        const stored = JSON.parse(JSON.stringify(fitted)) as Preprocessing;
        expect(applyPreprocessing(stored, numeric(served)).values.every((value, i) => value === values[i])).toBe(true);
      }),
    );
  });

  it('sets exactly one input per categorical value', () => {
    const anyValues = fc.array(fc.option(fc.string({ maxLength: 3 })), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(anyValues, anyValues, (trained, served) => {
        const rows = inputs(fitAll(categorical(trained), 'categorical'), categorical(served));
        expect(rows.every((row) => row.reduce((sum, value) => sum + value, 0) === 1)).toBe(true);
      }),
    );
  });

  it('does not depend on how rows are grouped into tables', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 2, maxLength: 20 }), (values) => {
        const fitted = fitAll(numeric(values), 'numeric');
        expect(inputs(fitted, numeric(values))).toEqual(values.flatMap((value) => inputs(fitted, numeric([value]))));
      }),
    );
  });

  it('treats an infinite value as missing', () => {
    const fitted = fitAll(numeric([1, 2, infinite]), 'numeric');
    expect(inputs(fitted, numeric([infinite]))[0]![1]).toBe(1);
  });
});

describe('label scale', () => {
  it('brings regression predictions back into the unit of the label', () => {
    const labels = Float64Array.from([100, 200, 300]);
    const scale = fitLabelScale('regression', labels);
    const back = unscalePredictions(scale, scaleLabels(scale, labels));
    back.forEach((value, index) => expect(value).toBeCloseTo(labels[index]!, 4));
  });

  it('leaves classes alone', () => {
    expect(fitLabelScale('binary', Float64Array.from([0, 1]))).toBeNull();
  });
});
