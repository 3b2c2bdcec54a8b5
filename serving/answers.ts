import type { z } from 'zod';
import type { predictionSchema } from '../config/wire.ts';
import type { DataSchema } from '../domain/table.ts';
import type { Predictions } from '../domain/task.ts';

export type Prediction = z.infer<typeof predictionSchema>;

/** The outputs of one row, as they are logged. Null when the model gave too few, or a number that is none. */
export function outputOf({ width, values }: Predictions, row: number): readonly number[] | null {
  const output: number[] = [];
  for (let at = row * width; at < (row + 1) * width; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (!Number.isFinite(value)) return null;
    output.push(value);
  }
  return output.length > 0 ? output : null;
}

/** One row's outputs in the client's words: a class with its probability, or a value. */
export function describePrediction({ classes }: DataSchema, id: string, output: readonly number[]): Prediction {
  const first = output[0] ?? Number.NaN;
  if (classes.length === 0) return { id, value: first };
  const shares = classes.length === 2 ? [1 - first, first] : output;
  const best = shares.reduce((winner, share, index) => (share > (shares[winner] ?? 0) ? index : winner), 0);
  const probabilities = Object.fromEntries(classes.map((name, index) => [name, shares[index] ?? 0]));
  return { id, label: classes[best] ?? '', probability: shares[best] ?? 0, probabilities };
}
