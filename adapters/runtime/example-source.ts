import type { Rng } from '../../domain/math/rng.ts';
import type { Examples } from './examples.ts';

/** Some of a part's examples, and the order in which to take them. */
export interface Portion {
  readonly examples: Examples;
  readonly order: Uint32Array;
}

/** The examples of a part, in memory or on disk. What is handed out may be written over by what is handed out next. */
export interface ExampleSource {
  readonly rowCount: number;
  /** One pass: every row once, in an order drawn from the generator. At most one batch of a pass is short. */
  shuffled(rng: Rng, batchSize: number): Iterable<Portion>;
  /** All rows as they lie. */
  inOrder(): Iterable<Examples>;
}

/** Examples that are all in memory: any row may follow any other. */
export function inMemory(examples: Examples): ExampleSource {
  const { rowCount } = examples;
  return {
    rowCount,
    shuffled: (rng) => [{ examples, order: shuffledRows(rowCount, rng) }],
    inOrder: () => [examples],
  };
}

/** Fisher and Yates's shuffle of 0 to `count`. */
export function shuffledRows(count: number, rng: Rng): Uint32Array {
  const rows = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) rows[row] = row;
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(rng() * (last + 1));
    const moved = rows[last]!;
    rows[last] = rows[other]!;
    rows[other] = moved;
  }
  return rows;
}
