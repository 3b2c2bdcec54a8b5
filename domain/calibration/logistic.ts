import { logit, type Calibrator } from './calibrator.ts';

type Logistic = Extract<Calibrator, { kind: 'logistic' }>;

const mostSteps = 100;
const leastImprovement = 1e-12;

/**
 * Fits p' = σ(a·logit p + b) by maximum likelihood (Platt 1999), with his targets (n₁ + 1)/(n₁ + 2) and 1/(n₀ + 2) for 1 and 0, so that classes
 * which scores separate don't drive a to infinity; Newton's method with halved steps (Lin, Lin & Weng 2007). Null where the slope
 * is not above 0: scores in the wrong order can't be calibrated.
 */
export function fitLogistic(labels: ArrayLike<number>, probabilities: ArrayLike<number>): Logistic | null {
  const scores = new Float64Array(probabilities.length);
  for (let row = 0; row < scores.length; row++) scores[row] = logit(probabilities[row]!);
  const targets = smoothTargets(labels);
  // Most models are nearly calibrated: from here it is fewest steps.
  let line = { slope: 1, intercept: 0 };
  let loss = lossOf(line, scores, targets);
  for (let step = 0; step < mostSteps; step++) {
    const next = improve(line, loss, scores, targets);
    const improvement = loss - next.loss;
    [line, loss] = [next.line, next.loss];
    if (!(improvement > leastImprovement * Math.max(1, loss))) break;
  }
  return line.slope > 0 && Number.isFinite(line.intercept) ? { kind: 'logistic', ...line } : null;
}

interface Line {
  readonly slope: number;
  readonly intercept: number;
}

function smoothTargets(labels: ArrayLike<number>): Float64Array {
  let positives = 0;
  for (let row = 0; row < labels.length; row++) positives += Number(labels[row] === 1);
  const [one, zero] = [(positives + 1) / (positives + 2), 1 / (labels.length - positives + 2)];
  const targets = new Float64Array(labels.length);
  for (let row = 0; row < targets.length; row++) targets[row] = labels[row] === 1 ? one : zero;
  return targets;
}

/** Cross-entropy, written so that no exponential overflows: ln(1 + e^x) − t·x. */
function lossOf({ slope, intercept }: Line, scores: Float64Array, targets: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < scores.length; row++) {
    const x = slope * scores[row]! + intercept;
    sum += Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) - targets[row]! * x;
  }
  return sum;
}

/** One Newton step, halved until the loss falls. */
function improve(line: Line, loss: number, scores: Float64Array, targets: Float64Array): { line: Line; loss: number } {
  const direction = newtonDirection(line, scores, targets);
  for (let length = 1; length > 1e-10; length /= 2) {
    const next = {
      slope: line.slope + length * direction.slope,
      intercept: line.intercept + length * direction.intercept,
    };
    const nextLoss = lossOf(next, scores, targets);
    if (nextLoss < loss) return { line: next, loss: nextLoss };
  }
  return { line, loss };
}

/** Keeps the matrix of second derivatives invertible where all scores are alike. */
const ridge = 1e-12;

function newtonDirection({ slope, intercept }: Line, scores: Float64Array, targets: Float64Array): Line {
  let [g0, g1, h00, h01, h11] = [0, 0, ridge, 0, ridge];
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row]!;
    const p = 1 / (1 + Math.exp(-(slope * score + intercept)));
    const [error, weight] = [p - targets[row]!, p * (1 - p)];
    g0 += error;
    g1 += error * score;
    h00 += weight;
    h01 += weight * score;
    h11 += weight * score * score;
  }
  const determinant = h00 * h11 - h01 * h01;
  if (!(determinant > 0)) return { slope: 0, intercept: -g0 / h00 };
  return { slope: -(h00 * g1 - h01 * g0) / determinant, intercept: -(h11 * g0 - h01 * g1) / determinant };
}
