/** All that Adam remembers between steps; a plain value, so that training can go on from it bit for bit. */
export interface AdamState {
  step: number;
  readonly firstMoments: readonly Float32Array[];
  readonly secondMoments: readonly Float32Array[];
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-7;

/** Adam's state before its first step. */
export function createAdamState(weights: readonly Float32Array[]): AdamState {
  const zeros = () => weights.map(({ length }) => new Float32Array(length));
  return { step: 0, firstMoments: zeros(), secondMoments: zeros() };
}

export interface Gradient {
  readonly values: Float32Array;
  /** Weight of the squared norm of these weights in the loss. */
  readonly l2: number;
}

/**
 * One step of Adam (Kingma and Ba 2015), in place. In typed arrays rather than TensorFlow operations: of those a step
 * takes a dozen for each variable, which costs more than the network itself; and tfjs-node's Adam, given its state back, goes
 * on with differently rounded bias corrections.
 */
export function stepAdam(
  state: AdamState,
  weights: readonly Float32Array[],
  gradients: readonly (Gradient | null)[],
  learningRate: number,
): void {
  state.step += 1;
  const rate = (learningRate * Math.sqrt(1 - beta2 ** state.step)) / (1 - beta1 ** state.step);
  for (const [index, weight] of weights.entries()) {
    const gradient = gradients[index];
    if (gradient) stepWeight(weight, gradient, state.firstMoments[index]!, state.secondMoments[index]!, rate);
  }
}

function stepWeight(
  weight: Float32Array,
  { values, l2 }: Gradient,
  first: Float32Array,
  second: Float32Array,
  rate: number,
): void {
  for (let i = 0; i < weight.length; i += 1) {
    const slope = values[i]! + 2 * l2 * weight[i]!;
    const m = beta1 * first[i]! + (1 - beta1) * slope;
    const v = beta2 * second[i]! + (1 - beta2) * slope * slope;
    first[i] = m;
    second[i] = v;
    weight[i] = weight[i]! - (rate * m) / (Math.sqrt(v) + epsilon);
  }
}
