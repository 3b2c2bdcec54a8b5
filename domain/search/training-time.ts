/** What is known of a candidate before it is trained. */
export interface TrainingSize {
  readonly rows: number;
  readonly maxEpochs: number;
  readonly batchSize: number;
  /** Null for a user's own network. */
  readonly weights: number | null;
}

/** Forward, and twice that backward; a multiplication and an addition each. */
const operationsPerWeight = 6;
/** Of the kernels for dense stacks, on one core and with what goes on around them. */
const operationsPerSecond = 2e10;
/** Of a network on TensorFlow's tape. */
const secondsPerStep = 0.005;
/** To interrupt and go on costs each candidate about a third of a second: rows are read, and a package is written, once more. */
const worthwhileSeconds = 20;

/** Seconds of training at the most, by fixed rates: equal plans give equal answers on every machine. */
export function estimateSeconds({ rows, maxEpochs, batchSize, weights }: TrainingSize): number {
  if (weights === null) return Math.ceil(rows / batchSize) * maxEpochs * secondsPerStep;
  return (operationsPerWeight * weights * rows * maxEpochs) / operationsPerSecond;
}

/** Whether a run's training takes so long that stopping candidates early saves time. */
export function paysToStopEarly(sizes: readonly TrainingSize[]): boolean {
  return sizes.reduce((sum, size) => sum + estimateSeconds(size), 0) >= worthwhileSeconds;
}

/** Weights of a stack of dense layers, biases included. */
export function countWeights(inputs: number, hiddenUnits: readonly number[], outputs: number): number {
  const widths = [inputs, ...hiddenUnits, outputs];
  return widths.slice(1).reduce((sum, width, layer) => sum + (widths[layer]! + 1) * width, 0);
}
