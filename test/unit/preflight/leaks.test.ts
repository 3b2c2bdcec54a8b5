import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../domain/math/normal.ts';
import { createRng } from '../../../domain/math/rng.ts';
import type { History } from '../../../domain/preflight/history.ts';
import { findLeaks } from '../../../domain/preflight/leaks.ts';
import { scoreOneFeature } from '../../../domain/preflight/one-feature.ts';
import type { Column, Feature } from '../../../domain/table.ts';

const rows = 2_000;
const random = createRng(5);
const numbers = (make: (row: number) => number): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => make(row));
const normal = (): number => normalQuantile(Math.max(1e-9, random()));
const x = numbers(normal);
const numeric = (values: Float64Array): Column => ({ kind: 'numeric', values });

function historyOf(columns: Record<string, Column>, labels: Float64Array, changes: Partial<History> = {}): History {
  const features = Object.entries(columns).map(([name, { kind }]): Feature => ({
    name,
    type: kind === 'numeric' ? 'numeric' : 'categorical',
  }));
  const schema = { features, label: 'y', classes: ['0', '1'] };
  return { schema, table: { rowCount: rows, columns }, labels, eventMs: null, labelMs: null, ...changes };
}

const aboveZero = x.map((value) => (value > 0 ? 1 : 0));
const noisy = x.map((value) => (value + normal() > 0 ? 1 : 0));
const names = [...aboveZero].map((one) => (one === 1 ? 'won' : 'lost'));

describe('a feature that knows the label', () => {
  it.each<[string, Column, number]>([
    ['a threshold on it', numeric(x), 1],
    ['its name for the class', { kind: 'categorical', values: names }, 1],
    ['being there at all', numeric(x.map((value) => (value > 0 ? 3 : Number.NaN))), 1],
    ['nothing', numeric(numbers(normal)), 0.5],
  ])('is told by %s', (_, column, score) => {
    const told = scoreOneFeature(column, aboveZero, 2);
    expect(told?.score).toBeGreaterThan(score - 0.05);
    expect(told?.score).toBeLessThan(score + 0.05);
  });

  it('is found where the label lies between two values of it', () => {
    const between = x.map((value) => (Math.abs(value) < 0.7 ? 1 : 0));
    expect(findLeaks(historyOf({ x: numeric(x) }, between))).toMatchObject([{ name: 'leak:x', level: 'fail' }]);
  });

  it('is not a feature that is merely good', () => {
    const { score = 0 } = scoreOneFeature(numeric(x), noisy, 2) ?? {};
    expect(score).toBeGreaterThan(0.75);
    expect(findLeaks(historyOf({ x: numeric(x) }, noisy))).toEqual([]);
  });

  it('is found among several classes, and for a regression', () => {
    const three = x.map((value) => (value < -0.5 ? 0 : value < 0.5 ? 1 : 2));
    const schema = { features: [{ name: 'x', type: 'numeric' as const }], label: 'y', classes: ['a', 'b', 'c'] };
    expect(findLeaks(historyOf({ x: numeric(x) }, three, { schema }))).toMatchObject([{ level: 'fail' }]);
    const regression = { schema: { ...schema, classes: [] } };
    const twice = x.map((value) => Math.exp(2 * value));
    expect(findLeaks(historyOf({ x: numeric(x) }, twice, regression))).toMatchObject([{ level: 'fail' }]);
    const near = x.map((value) => value + normal() / 5);
    expect(findLeaks(historyOf({ x: numeric(x) }, near, regression))).toEqual([]);
  });

  it('is suspected where its being missing leans on the label', () => {
    const filledLater = numeric(numbers((row) => (random() < (noisy[row] === 1 ? 0.8 : 0.1) ? normal() : Number.NaN)));
    expect(findLeaks(historyOf({ filledLater }, noisy))).toMatchObject([
      { level: 'warn', text: expect.stringContaining('whether "filledLater" is missing tells the label') as string },
    ]);
  });

  it('is a time after the label, and perhaps one after the row', () => {
    const eventMs = numbers((row) => row * 1_000);
    const labelMs = eventMs.map((ms) => ms + 500);
    const history = (values: Float64Array, known: Float64Array | null): History => ({
      ...historyOf({ t: numeric(values) }, noisy, { eventMs, labelMs: known }),
      schema: { features: [{ name: 't', type: 'timestamp' }], label: 'y', classes: ['0', '1'] },
    });
    expect(findLeaks(history(labelMs, labelMs))).toMatchObject([{ level: 'fail' }]);
    expect(findLeaks(history(labelMs, null))).toMatchObject([{ level: 'warn' }]);
    expect(findLeaks(history(eventMs, labelMs))).toEqual([]);
  });

  it('says nothing about a class with too few rows', () => {
    const rare = Float64Array.from({ length: rows }, (_, row) => (row < 5 ? 1 : 0));
    expect(scoreOneFeature(numeric(rare), rare, 2)).toBeNull();
  });
});
