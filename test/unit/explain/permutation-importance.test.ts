import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureImportances, planImportances, weightsOf } from '../../../domain/explain/importances.ts';
import { drawPermutation, measureImportance, permuteColumn } from '../../../domain/explain/permutation-importance.ts';
import { normalQuantile } from '../../../domain/math/normal.ts';
import { createRng } from '../../../domain/math/rng.ts';
import type { Table } from '../../../domain/table.ts';
import type { Predictions } from '../../../domain/task.ts';
import vectors from '../../vectors/explain.json' with { type: 'json' };

type Case = (typeof vectors.importances)[number];

function tableOf({ x }: Case): Table {
  const columns = x[0]!.map((_, feature) => {
    const values = Float64Array.from(x, (row) => row[feature]!);
    return [`x${feature}`, { kind: 'numeric' as const, values }] as const;
  });
  return { rowCount: x.length, columns: Object.fromEntries(columns) };
}

function predict({ coefficients, intercepts, name }: Case, { rowCount, columns }: Table): Predictions {
  const features = Object.values(columns).map(({ values }) => values as Float64Array);
  const width = coefficients.length;
  const values = Array.from({ length: rowCount }, (_, row) => {
    const sums = coefficients.map((weights, output) =>
      weights.reduce((sum, weight, feature) => sum + weight * features[feature]![row]!, intercepts[output]!),
    );
    if (name === 'regression') return sums;
    if (name === 'binary') return [1 / (1 + Math.exp(-sums[0]!))];
    const powers = sums.map(Math.exp);
    return powers.map((power) => power / powers.reduce((a, b) => a + b));
  });
  return { width, values: values.flat() };
}

describe('permutation importance', () => {
  it.each(vectors.importances)('agrees with scikit-learn on a $name', (one) => {
    const table = tableOf(one);
    const task = one.name as 'binary' | 'multiclass' | 'regression';
    for (const [index, feature] of Object.keys(table.columns).entries()) {
      const permuted = one.permutations.map((order) => {
        const permutation = Uint32Array.from(order);
        return { permutation, predictions: predict(one, permuteColumn(table, feature, permutation)) };
      });
      const found = measureImportance({ task, labels: one.y, predictions: predict(one, table), feature, permuted });
      found.repeats.forEach((rise, repeat) => expect(rise).toBeCloseTo(one.importances[index]![repeat]!, 9));
      expect(found.importance).toBeCloseTo(one.means[index]!, 9);
    }
  });

  it('draws every order of three rows about as often', () => {
    const random = createRng(3);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6_000; i++) {
      const order = drawPermutation(3, random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });

  it('covers the true importance of a line in about 95 of 100 samples', async () => {
    const random = createRng(11);
    const normal = () => normalQuantile((random() + 2 ** -33) / (1 + 2 ** -32));
    const truth = 2 * 1.5 ** 2;
    let covered = 0;
    const samples = 400;
    for (let sample = 0; sample < samples; sample++) {
      const x = Float64Array.from({ length: 120 }, normal);
      const labels = x.map((value) => 1.5 * value + normal());
      const { features } = await measureImportances({
        task: 'regression',
        features: ['x'],
        table: { rowCount: 120, columns: { x: { kind: 'numeric', values: x } } },
        labels,
        repeats: 3,
        seed: sample,
        predict: ({ columns }) => {
          const values = (columns['x']!.values as Float64Array).map((value) => 1.5 * value);
          return Promise.resolve({ width: 1, values });
        },
      });
      const { low, high } = features[0]!.interval;
      if (low <= truth && truth <= high) covered += 1;
    }
    expect(covered / samples).toBeGreaterThan(0.92);
    expect(covered / samples).toBeLessThan(0.99);
  });

  it('gives nothing to a feature that the model does not read, whatever the rows', () => {
    const row = fc.record({ label: fc.constantFrom(0, 1), p: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), fc.integer(), (rows, seed) => {
        const predictions = { width: 1, values: rows.map(({ p }) => p) };
        const labels = rows.map(({ label }) => label);
        const permutation = drawPermutation(rows.length, createRng(seed));
        const permuted = [{ permutation, predictions }];
        const found = measureImportance({ task: 'binary', labels, predictions, feature: 'unread', permuted });
        expect(found.importance).toBe(0);
        expect(found.interval.low).toBeCloseTo(0, 15);
        expect(found.interval.high).toBeCloseTo(0, 15);
      }),
    );
  });

  it('asks about fewer repeats, then fewer rows, as features and networks grow', () => {
    expect(planImportances(50_000, 8, 1)).toEqual({ rows: 2_000, repeats: 5 });
    expect(planImportances(50_000, 20, 8)).toEqual({ rows: 2_000, repeats: 1 });
    expect(planImportances(50_000, 200, 8)).toEqual({ rows: 250, repeats: 1 });
    expect(planImportances(120, 20, 1)).toEqual({ rows: 120, repeats: 5 });
  });

  it('weighs what earns nothing with zero where drift is ranked', () => {
    const interval = { low: -1, high: 1, level: 0.95 };
    const features = [
      { feature: 'price', importance: 0.4, interval, repeats: [] },
      { feature: 'noise', importance: -0.01, interval, repeats: [] },
    ];
    const loss = 'log loss in nats' as const;
    expect(weightsOf({ method: 'permutation', loss, meanLoss: 0.5, rows: 9, repeats: 1, features })).toEqual({
      price: 0.4,
      noise: 0,
    });
  });
});
