import type { DataSchema } from '../table.ts';
import type { ClassesContract, ValuesContract } from './contract.ts';
import { bandOf, inferNumbers } from './numeric-contract.ts';
import { lengthOf, type Stretch } from './stretches.ts';
import type { Moments } from './two-sample.ts';

/** How often each class is right, or where the values lie; labels that are NaN are left out. */
export function inferLabels(
  { classes }: DataSchema,
  labels: ArrayLike<number>,
  stretches: readonly Stretch[],
): ClassesContract | ValuesContract {
  const values = Float64Array.from(labels);
  return classes.length === 0 ? inferValues(values, stretches) : inferClasses(classes, values, stretches);
}

function inferClasses(
  classes: readonly string[],
  labels: Float64Array,
  stretches: readonly Stretch[],
): ClassesContract {
  const parts = stretches.map(({ from, to }) => countClasses(labels.subarray(from, to), classes.length));
  const all = countClasses(labels, classes.length);
  return {
    kind: 'classes',
    rows: all.rows,
    classes: classes.map((name, index) => ({
      name,
      hits: all.hits[index]!,
      ...bandOf(parts.flatMap(({ hits, rows }) => (rows === 0 ? [] : [hits[index]! / rows]))),
    })),
  };
}

/** Rows of each class, and of all of them together. */
export function countClasses(labels: ArrayLike<number>, classes: number): { hits: readonly number[]; rows: number } {
  const hits = new Array<number>(classes).fill(0);
  let rows = 0;
  for (let row = 0; row < labels.length; row++) {
    const index = labels[row]!;
    if (hits[index] === undefined) continue;
    hits[index] += 1;
    rows += 1;
  }
  return { hits, rows };
}

function inferValues(labels: Float64Array, stretches: readonly Stretch[]): ValuesContract {
  const means = stretches
    .filter((stretch) => lengthOf(stretch) > 0)
    .map(({ from, to }) => measureMoments(labels.subarray(from, to)))
    .filter(({ rows }) => rows > 0);
  return {
    kind: 'values',
    ...measureMoments(labels),
    means: bandOf(means.map(({ mean }) => mean)),
    column: inferNumbers('numeric', labels, stretches),
  };
}

/** Mean and sample variance of the finite values, none of them infinite: scaled, so that no square overflows. */
export function measureMoments(values: Float64Array): Moments {
  const finite = values.filter(Number.isFinite);
  const rows = finite.length;
  const scale = Math.max(
    Number.MIN_VALUE,
    finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  );
  const mean = rows === 0 ? 0 : finite.reduce((total, value) => total + value / scale, 0) / rows;
  const squares = finite.reduce((total, value) => total + (value / scale - mean) ** 2, 0);
  const sd = rows < 2 ? 0 : Math.sqrt(squares / (rows - 1)) * scale;
  return { mean: mean * scale, variance: Math.min(Number.MAX_VALUE, sd ** 2), rows };
}
