import { predictedClass } from '../../gate/losses.ts';
import type { Predictions } from '../../task.ts';

/** One class against all others, row by row. For a binary task there is one: class 1. */
export interface ClassView {
  /** 1 where the model predicts the class. */
  readonly predicted: Uint8Array;
  /** The model's own probability of the class. */
  readonly scores: Float64Array;
}

/** The views of all classes, or of class 1 alone where the task is binary. */
export function viewClasses(outputs: Predictions): ClassView[] {
  const rows = outputs.values.length / outputs.width;
  const chosen = Int32Array.from({ length: rows }, (_, row) => predictedClass(outputs, row));
  return classesOf(outputs).map((wanted, column) => ({
    predicted: Uint8Array.from(chosen, (predicted) => (predicted === wanted ? 1 : 0)),
    scores: Float64Array.from({ length: rows }, (_, row) => outputs.values[row * outputs.width + column]!),
  }));
}

/** Labels as each view sees them: 1 where the row is of its class. */
export function viewLabels(labels: ArrayLike<number>, outputs: Predictions): Uint8Array[] {
  return classesOf(outputs).map((wanted) => Uint8Array.from(labels, (label) => (label === wanted ? 1 : 0)));
}

function classesOf({ width }: Predictions): readonly number[] {
  return width === 1 ? [1] : Array.from({ length: width }, (_, column) => column);
}

/** The rows whose probabilities are all numbers; others can't be judged. */
export function knownRows({ width, values }: Predictions): number[] {
  const rows: number[] = [];
  for (let row = 0; row * width < values.length; row++) {
    let isKnown = true;
    for (let column = 0; column < width; column++) isKnown &&= Number.isFinite(values[row * width + column]);
    if (isKnown) rows.push(row);
  }
  return rows;
}

/** Some rows of the predictions, in the order given. */
export function pickRows({ width, values }: Predictions, rows: readonly number[]): Predictions {
  const picked = new Float64Array(rows.length * width);
  rows.forEach((row, index) => {
    for (let column = 0; column < width; column++) picked[index * width + column] = values[row * width + column]!;
  });
  return { width, values: picked };
}
