import type { Task } from '../task.ts';
import { momentsOf } from './moments.ts';

/** A regression is trained on `(label - mean) / sd`; its predictions are turned back into the label's unit. */
export interface LabelScale {
  readonly mean: number;
  readonly sd: number;
}

/** The scale of a regression's training labels; null for classes, which need none. */
export function fitLabelScale(task: Task, labels: Float64Array): LabelScale | null {
  if (task !== 'regression') return null;
  const { mean, sd } = momentsOf(labels);
  return { mean, sd: sd > 0 ? sd : 1 };
}

/** Labels as the network is to say them. */
export function scaleLabels(scale: LabelScale | null, labels: Float64Array): Float32Array {
  if (scale === null) return Float32Array.from(labels);
  return Float32Array.from(labels, (label) => (label - scale.mean) / scale.sd);
}

/** What the network says, in the label's unit. */
export function unscalePredictions(scale: LabelScale | null, outputs: Float32Array): Float64Array {
  if (scale === null) return Float64Array.from(outputs);
  return Float64Array.from(outputs, (output) => output * scale.sd + scale.mean);
}
