import type { OptimizerName } from '../../domain/project.ts';

/** All that an optimizer remembers between steps; a plain value, so that training can go on from it bit for bit. */
export interface OptimizerState {
  step: number;
  /** Adam's first moments, momentum's velocities, RMSProp's mean squares; one array for each weight array. */
  readonly firstSlots: readonly Float32Array[];
  /** Adam's second moments. */
  readonly secondSlots: readonly Float32Array[];
}

/** The state before the first step. */
export function createOptimizerState(weights: readonly Float32Array[]): OptimizerState {
  const zeros = () => weights.map(({ length }) => new Float32Array(length));
  return { step: 0, firstSlots: zeros(), secondSlots: zeros() };
}

export interface Gradient {
  readonly values: Float32Array;
  /** Weight of the squared norm of these weights in the loss. */
  readonly l2: number;
}

const epsilon = 1e-7;

/**
 * One step of an optimizer of `tf.train` with its default constants, in place. In typed arrays rather than TensorFlow operations: of
 * those a step takes a dozen for each variable, which costs more than a small network itself; and tfjs-node's optimizers can't
 * go on from a stored state to the same bits.
 */
export function stepOptimizer(
  name: OptimizerName,
  state: OptimizerState,
  weights: readonly Float32Array[],
  gradients: readonly (Gradient | null)[],
  learningRate: number,
): void {
  state.step += 1;
  for (const [index, weight] of weights.entries()) {
    const gradient = gradients[index];
    if (!gradient) continue;
    const first = state.firstSlots[index]!;
    switch (name) {
      case 'adam':
        stepAdam(weight, gradient, first, state.secondSlots[index]!, learningRate, state.step);
        break;
      case 'momentum':
        stepMomentum(weight, gradient, first, learningRate);
        break;
      case 'rmsprop':
        stepRmsprop(weight, gradient, first, learningRate);
        break;
    }
  }
}

/** Kingma and Ba 2015; β₁ = .9, β₂ = .999. */
function stepAdam(
  weight: Float32Array,
  { values, l2 }: Gradient,
  first: Float32Array,
  second: Float32Array,
  rate: number,
  step: number,
): void {
  const [firstScale, secondScale] = [1 / (1 - 0.9 ** step), 1 / (1 - 0.999 ** step)];
  for (let i = 0; i < weight.length; i += 1) {
    const slope = values[i]! + 2 * l2 * weight[i]!;
    const m = 0.9 * first[i]! + 0.1 * slope;
    const v = 0.999 * second[i]! + 0.001 * slope * slope;
    first[i] = m;
    second[i] = v;
    weight[i] = weight[i]! - (rate * m * firstScale) / (Math.sqrt(v * secondScale) + epsilon);
  }
}

/** Stochastic gradient descent with a momentum of .9 (Polyak 1964). */
function stepMomentum(weight: Float32Array, { values, l2 }: Gradient, velocity: Float32Array, rate: number): void {
  for (let i = 0; i < weight.length; i += 1) {
    const v = 0.9 * velocity[i]! + values[i]! + 2 * l2 * weight[i]!;
    velocity[i] = v;
    weight[i] = weight[i]! - rate * v;
  }
}

/** Tieleman and Hinton 2012; the mean square decays by .9 a step. */
function stepRmsprop(weight: Float32Array, { values, l2 }: Gradient, meanSquare: Float32Array, rate: number): void {
  for (let i = 0; i < weight.length; i += 1) {
    const slope = values[i]! + 2 * l2 * weight[i]!;
    const square = 0.9 * meanSquare[i]! + 0.1 * slope * slope;
    meanSquare[i] = square;
    weight[i] = weight[i]! - (rate * slope) / Math.sqrt(square + epsilon);
  }
}
