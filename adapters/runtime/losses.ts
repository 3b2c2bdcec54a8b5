import type { Task } from '../../domain/task.ts';

/** Probabilities are kept this far from 0 and 1: one certain mistake must not make the loss infinite. */
const margin = 1e-7;

/** Outputs of a network beside what they should be; both row-major, `width` a row. */
export interface Answers {
  readonly task: Task;
  readonly width: number;
  readonly outputs: Float32Array;
  readonly targets: Float32Array;
}

/** Mean loss of rows, in one part or in several: cross-entropy, or for a regression the squared error. */
export function meanLoss(parts: Iterable<Answers>): number {
  let [sum, count, outputsOfRow] = [0, 0, 1];
  for (const { task, width, outputs, targets } of parts) {
    for (let i = 0; i < outputs.length; i += 1) sum += lossOf(task, outputs[i]!, targets[i]!);
    count += outputs.length;
    outputsOfRow = width;
  }
  return (sum * outputsOfRow) / count;
}

/** Loss of each row. */
export function rowLosses({ task, width, outputs, targets }: Answers): Float64Array {
  const losses = new Float64Array(outputs.length / width);
  for (let i = 0; i < outputs.length; i += 1) losses[Math.floor(i / width)]! += lossOf(task, outputs[i]!, targets[i]!);
  return losses;
}

export interface LossAndSlopes {
  readonly loss: number;
  /** Derivative of the loss by each output. */
  readonly slopes: Float32Array;
}

/** Mean loss of a batch and where it falls; `weights` has one entry a row, or is null. */
export function lossAndSlopes(answers: Answers, weights: Float32Array | null): LossAndSlopes {
  const { task, width, outputs, targets } = answers;
  const rows = outputs.length / width;
  const slopes = new Float32Array(outputs.length);
  let sum = 0;
  for (let row = 0, i = 0; row < rows; row += 1) {
    const weight = weights?.[row] ?? 1;
    for (let column = 0; column < width; column += 1, i += 1) {
      sum += weight * lossOf(task, outputs[i]!, targets[i]!);
      slopes[i] = (weight * slopeOf(task, outputs[i]!, targets[i]!)) / rows;
    }
  }
  return { loss: sum / rows, slopes };
}

function lossOf(task: Task, output: number, target: number): number {
  if (task === 'regression') return (output - target) ** 2;
  const p = clip(output);
  if (target === 1) return -Math.log(p);
  return task === 'multiclass' ? 0 : -Math.log(1 - p);
}

function slopeOf(task: Task, output: number, target: number): number {
  if (task === 'regression') return 2 * (output - target);
  const p = clip(output);
  if (target === 1) return -1 / p;
  return task === 'multiclass' ? 0 : 1 / (1 - p);
}

/** Lets NaN through: that the training diverged must show. */
function clip(p: number): number {
  return Math.min(1 - margin, Math.max(margin, p));
}

/** Says what about a classifier's outputs is no probability, or null. NaN passes: that is divergence, not a wrong network. */
export function findImprobable(outputs: Float32Array, width: number): string | null {
  for (let from = 0; from < outputs.length; from += width) {
    const row = outputs.subarray(from, from + width);
    const outside = row.find((output) => output < 0 || output > 1);
    if (outside !== undefined) return `${outside}, not a probability`;
    const sum = row.reduce((total, output) => total + output, 0);
    if (width > 1 && Math.abs(sum - 1) > 1e-3) return `probabilities that sum to ${sum}, not to 1`;
  }
  return null;
}
