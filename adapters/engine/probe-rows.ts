import { createRng, type Rng } from '../../domain/math/rng.ts';
import type { Column, DataSchema, Feature, Table } from '../../domain/table.ts';
import type { Member } from './read-package.ts';

const missingShare = 0.1;
const oddShare = 0.1;
const oddNumbers = [0, -0, 1, -1, 1e300, -1e300, 5e-324, 1e15];

/** Rows to compare two engines on: around what training saw, at the edges of its maps, far beyond, missing, and unseen. */
export function probeRows(schema: DataSchema, members: readonly Member[], rowCount: number, seed: number): Table {
  const rng = createRng(seed);
  const columns = schema.features.map(
    (feature) => [feature.name, probeColumn(feature, members, rowCount, rng)] as const,
  );
  return { rowCount, columns: Object.fromEntries(columns) };
}

function probeColumn(feature: Feature, members: readonly Member[], rowCount: number, rng: Rng): Column {
  const steps = members.flatMap(({ preprocessing }) =>
    preprocessing.steps.filter((step) => step.feature === feature.name),
  );
  if (feature.type === 'categorical') {
    const known = steps.flatMap((step) => (step.kind === 'categorical' ? step.categories : []));
    const pool = ['a value that nobody has seen', '', ...known];
    return { kind: 'categorical', values: draw(rowCount, rng, null, () => pick(pool, rng)) };
  }
  if (feature.type === 'boolean') {
    return { kind: 'numeric', values: Float64Array.from(draw(rowCount, rng, Number.NaN, () => Number(rng() < 0.5))) };
  }
  const marks = steps.flatMap((step) =>
    step.kind === 'rank'
      ? step.knots
      : step.kind === 'levels'
        ? step.levels
        : step.kind === 'numeric'
          ? [step.mean, step.median]
          : [],
  );
  const number = () => probeNumber(marks.length === 0 ? [0] : marks, rng);
  return { kind: 'numeric', values: Float64Array.from(draw(rowCount, rng, Number.NaN, number)) };
}

/** A mark itself, or a number between two of them, or beyond them, or an odd one. */
function probeNumber(marks: readonly number[], rng: Rng): number {
  if (rng() < oddShare) return pick(oddNumbers, rng);
  const [a, b] = [pick(marks, rng), pick(marks, rng)];
  return rng() < 0.5 ? a : a + (3 * rng() - 1) * (b - a);
}

function draw<T>(count: number, rng: Rng, missing: T, make: () => T): T[] {
  return Array.from({ length: count }, () => (rng() < missingShare ? missing : make()));
}

function pick<T>(pool: readonly T[], rng: Rng): T {
  return pool[Math.floor(rng() * pool.length)]!;
}
