import type { Preprocessing } from '../../domain/preprocessing/preprocessing.ts';
import { applyPreprocessing } from '../../domain/preprocessing/apply.ts';
import type { LabelScale } from '../../domain/preprocessing/label-scale.ts';
import { scaleLabels } from '../../domain/preprocessing/label-scale.ts';
import type { DataSchema, RowRange } from '../../domain/table.ts';
import type { LabelledColumns } from '../ports/store.ts';
import { TrainingError } from './training-error.ts';

/** Rows as a network takes them; arrays are row-major. */
export interface Examples {
  readonly rowCount: number;
  readonly inputWidth: number;
  readonly inputs: Float32Array;
  readonly targetWidth: number;
  /** Binary 0 or 1, multiclass one-hot, regression the scaled label. */
  readonly targets: Float32Array;
  /** One a row; null where all rows count alike. */
  readonly rowWeights: Float32Array | null;
}

/** Preprocesses rows and lays out their labels as the network's targets. */
export function toExamples(
  { table, labels }: LabelledColumns,
  preprocessing: Preprocessing,
  labelScale: LabelScale | null,
  { classes }: DataSchema,
): Examples {
  const { width, values } = applyPreprocessing(preprocessing, table);
  const targetWidth = outputWidthOf(classes);
  const targets = targetWidth === 1 ? scaleLabels(labelScale, labels) : oneHot(labels, targetWidth);
  return { rowCount: table.rowCount, inputWidth: width, inputs: values, targetWidth, targets, rowWeights: null };
}

/** Outputs of a network for these classes. */
export function outputWidthOf(classes: readonly string[]): number {
  return classes.length > 2 ? classes.length : 1;
}

function oneHot(labels: Float64Array, width: number): Float32Array {
  const targets = new Float32Array(labels.length * width);
  for (let row = 0; row < labels.length; row += 1) targets[row * width + labels[row]!] = 1;
  return targets;
}

/** Refuses a part without rows, and labels that are no class or no number. */
export function checkRows(
  part: string,
  range: RowRange,
  { labels }: Pick<LabelledColumns, 'labels'>,
  { label, classes }: DataSchema,
): void {
  if (labels.length === 0 || labels.length !== range.to - range.from) {
    const rows = `rows ${range.from} to ${range.to}`;
    throw new TrainingError(
      'build-failed',
      `The ${part} part (${rows}) has ${labels.length} rows: give it rows of the snapshot`,
    );
  }
  const known = (value: number) =>
    classes.length === 0 ? Number.isFinite(value) : Number.isInteger(value) && value >= 0 && value < classes.length;
  const row = labels.findIndex((value) => !known(value));
  if (row === -1) return;
  const right = classes.length === 0 ? 'a finite number' : `an index of the classes ${classes.join(', ')}`;
  const where = `row ${range.from + row} (${part})`;
  throw new TrainingError('build-failed', `Label "${label}" of ${where} is ${labels[row]}, but must be ${right}`);
}

/** How many rows each class has; empty for a regression. */
export function countClasses(labels: Float64Array, { classes }: DataSchema): readonly number[] {
  const counts = new Array<number>(classes.length).fill(0);
  if (classes.length > 0) for (const label of labels) counts[label] = counts[label]! + 1;
  return counts;
}

/** Weights per class that make every class count alike, 1 on average of the rows; null where classes aren't weighed. */
export function weighClasses(counts: readonly number[], enabled: boolean): Float64Array | null {
  if (!enabled || counts.length === 0) return null;
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const present = counts.filter((count) => count > 0).length;
  return Float64Array.from(counts, (count) => (count === 0 ? 0 : rows / (present * count)));
}

/** Fills in the weight of each row by its class, which its targets tell. */
export function weighRows(
  targets: Float32Array,
  targetWidth: number,
  ofClass: Float64Array,
  weights: Float32Array,
): void {
  const rows = targets.length / targetWidth;
  for (let row = 0; row < rows; row += 1) {
    const first = row * targetWidth;
    const label = targetWidth === 1 ? targets[first]! : targets.subarray(first, first + targetWidth).indexOf(1);
    weights[row] = ofClass[label]!;
  }
}
