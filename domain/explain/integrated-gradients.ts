import { addBias, answer, finish, multiply, multiplyBack, type DenseStack } from './dense-stack.ts';

/** What each input did to an output; together output − baselineOutput. */
export interface Attribution {
  readonly attributions: Float64Array;
  readonly output: number;
  readonly baselineOutput: number;
}

/** Corners of the path nearer to each other than this are taken for one: rounding can't be told from a corner there. */
const shortestPiece = 1e-9;
/** A path of more pieces goes on in steps of a thousandth. */
const mostPieces = 1_000;
const longStep = 1e-3;

/**
 * Integrated gradients (Sundararajan, Taly & Yan 2017) of output `of`: (x − x′) · ∫₀¹ ∂F(x′ + α(x − x′))/∂x dα.
 *
 * Exact for a stack with max(0, x) between its layers: along the straight path every sum is piecewise linear in α, so the path is cut where a unit
 * wakes or sleeps, and on each piece the gradient is a constant matrix times the last activation's slope, whose integral is known. No
 * number of steps has to be chosen, and attributions sum to output − baseline output (completeness) but for rounding. Of a linear
 * model it is weight × (value − baseline), on probabilities times (σ(z) − σ(z′))/(z − z′).
 *
 * Example: y = 2a − b from (0, 0) to (3, 1): attributions 6 and −1.
 */
export function attributeDense(
  stack: DenseStack,
  input: Float64Array,
  baseline: Float64Array,
  of: number,
): Attribution {
  const [first] = stack.layers;
  const difference = input.map((value, index) => value - baseline[index]!);
  const start = addBias(multiply(baseline, first!), first!);
  const direction = multiply(difference, first!);
  const slopes = new Float64Array(direction.length);
  for (let from = 0, pieces = 0; from < 1; pieces++) {
    const at = start.map((sum, unit) => sum + from * direction[unit]!);
    const piece = follow(stack, at, direction);
    const to = Math.min(1, from + Math.max(piece.length, pieces < mostPieces ? shortestPiece : longStep));
    const last = piece.sums.map((sum, unit) => sum + (to - from) * piece.rates[unit]!);
    const mean = meanSlopes(stack.ending, piece.sums, last, of);
    goBack(stack, piece.isAwake, mean).forEach((slope, unit) => (slopes[unit]! += (to - from) * slope));
    from = to;
  }
  const byInput = multiplyBack(slopes, first!);
  return {
    attributions: byInput.map((slope, index) => slope * difference[index]!),
    output: answer(stack, input, of),
    baselineOutput: answer(stack, baseline, of),
  };
}

interface Piece {
  /** Of the last layer, where the piece begins. */
  readonly sums: Float64Array;
  /** By α. */
  readonly rates: Float64Array;
  /** By hidden layer and unit. */
  readonly isAwake: readonly Uint8Array[];
  /** Until the first unit wakes or sleeps, in α. */
  readonly length: number;
}

/** From the first layer's sums and their rates to the last one's, and how far that holds. */
function follow({ layers }: DenseStack, firstSums: Float64Array, firstRates: Float64Array): Piece {
  let [sums, rates] = [firstSums, firstRates];
  let length = Infinity;
  const isAwake: Uint8Array[] = [];
  for (const layer of layers.slice(1)) {
    const awake = Uint8Array.from(sums, (sum, unit) => Number(sum > 0 || (sum === 0 && rates[unit]! > 0)));
    for (let unit = 0; unit < sums.length; unit++) {
      const isLeaving = awake[unit] === 1 ? rates[unit]! < 0 : rates[unit]! > 0;
      if (isLeaving) length = Math.min(length, -sums[unit]! / rates[unit]!);
    }
    isAwake.push(awake);
    const mask = (values: Float64Array): Float64Array => values.map((value, unit) => value * awake[unit]!);
    [sums, rates] = [addBias(multiply(mask(sums), layer), layer), multiply(mask(rates), layer)];
  }
  return { sums, rates, isAwake, length };
}

/** Slopes by the first layer's sums, given those by the last one's. */
function goBack({ layers }: DenseStack, isAwake: readonly Uint8Array[], slopes: Float64Array): Float64Array {
  let back = slopes;
  for (let index = layers.length - 1; index > 0; index--) {
    const awake = isAwake[index - 1]!;
    back = multiplyBack(back, layers[index]!).map((slope, unit) => slope * awake[unit]!);
  }
  return back;
}

/** The mean slope of the last activation's output `of` by each sum, while the sums go straight from `from` to `to`. */
function meanSlopes(ending: DenseStack['ending'], from: Float64Array, to: Float64Array, of: number): Float64Array {
  if (ending === 'linear') return from.map((_, unit) => Number(unit === of));
  if (ending === 'sigmoid') {
    const [low, high] = [finish(ending, from, 0), finish(ending, to, 0)];
    const way = to[0]! - from[0]!;
    return Float64Array.of(Math.abs(way) > 1e-6 ? (high - low) / way : low * (1 - low));
  }
  return meanSoftmaxSlopes(from, to, of);
}

/** Gauss & Legendre's points and weights on [0, 1], exact to the ninth degree. */
const points = [0.046910077030668, 0.230765344947158, 0.5, 0.769234655052842, 0.953089922969332];
const shares = [0.118463442528095, 0.239314335249683, 0.284444444444444, 0.239314335249683, 0.118463442528095];

/** By quadrature, on parts so short that no sum changes by more than 1. */
function meanSoftmaxSlopes(from: Float64Array, to: Float64Array, of: number): Float64Array {
  const furthest = from.reduce((most, sum, unit) => Math.max(most, Math.abs(to[unit]! - sum)), 0);
  const parts = Math.min(1_000, Math.max(1, Math.ceil(furthest)));
  const slopes = new Float64Array(from.length);
  for (let part = 0; part < parts; part++) {
    for (const [index, point] of points.entries()) {
      const at = from.map((sum, unit) => sum + ((part + point) / parts) * (to[unit]! - sum));
      const p = at.map((_, unit) => finish('softmax', at, unit));
      for (let unit = 0; unit < p.length; unit++) {
        slopes[unit]! += (shares[index]! / parts) * p[of]! * (Number(unit === of) - p[unit]!);
      }
    }
  }
  return slopes;
}
