import type { Predictions, Task } from '../../task.ts';
import { predictedClass } from '../losses.ts';

/** What an answer is worth to the project, in its own unit, given what happened. Class indices, or values for regression. */
export type Utility = (actual: number, predicted: number) => number;

/** Worth by actual class, then by predicted class, under their names. */
export type UtilityMatrix = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Where a project says what answers are worth. */
export type UtilitySource =
  | { readonly matrix: UtilityMatrix }
  /** Absolute path of a module exporting `utility(actual, prediction)`. */
  | { readonly module: string };

/**
 * What each row's answer was worth: `utility` of the label and of the predicted class (of the value, for regression). Example: with
 * worth 5 for a fraud found and −20 for one missed, a found and a missed one give [5, −20].
 */
export function utilityOf(
  utility: Utility,
  {
    task,
    labels,
    predictions,
  }: { readonly task: Task; readonly labels: ArrayLike<number>; readonly predictions: Predictions },
): Float64Array {
  return Float64Array.from(labels, (label, row) => utility(label, answerOf(task, predictions, row)));
}

export function answerOf(task: Task, predictions: Predictions, row: number): number {
  return task === 'regression' ? predictions.values[row]! : predictedClass(predictions, row);
}

/** The function of a matrix; a pair of classes that it leaves out is worth 0. Throws where it names a class that isn't one, or where there are none. */
export function utilityOfMatrix(matrix: UtilityMatrix, classes: readonly string[]): Utility {
  if (classes.length === 0) throw new Error('a utility matrix is for classes: give a regression a utilityModule');
  for (const name of Object.entries(matrix).flatMap(([actual, row]) => [actual, ...Object.keys(row)])) {
    if (!classes.includes(name)) {
      throw new Error(`the utility matrix names "${name}", which is no class: the classes are ${classes.join(', ')}`);
    }
  }
  const worth = new Map(
    Object.entries(matrix).flatMap(([actual, row]) =>
      Object.entries(row).map(
        ([given, value]) => [key(classes.indexOf(actual), classes.indexOf(given)), value] as const,
      ),
    ),
  );
  return (actual, predicted) => worth.get(key(actual, predicted)) ?? 0;
}

const key = (actual: number, predicted: number): string => `${actual} ${predicted}`;
