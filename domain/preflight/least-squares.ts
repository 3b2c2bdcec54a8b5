import { invertSymmetric } from '../math/invert-symmetric.ts';
import type { RowRange } from '../table.ts';
import type { Predictions } from '../task.ts';
import type { Design } from './design.ts';

/** Sums of products over rows: all that a linear fit needs of them. They add up. */
interface Products {
  readonly inputs: Float64Array;
  readonly targets: Float64Array;
}

/** A linear model that was fitted in closed form, and what it takes to do without some of its inputs. */
export interface LinearFit {
  /** One row per input, one column per target. */
  readonly weights: Float64Array;
  readonly inverse: Float64Array;
}

/** A constant's worth of rows that pulls weights towards 0, so that inputs that say the same share their weight. */
const ridgeRows = 1;

/** Ridge regression of the targets on the inputs; for classes a linear probability model, whose squared error is the Brier score. */
export function fitLinear(design: Design, range: RowRange): LinearFit {
  const { width, targetWidth } = design;
  const { inputs, targets } = multiply(design, range);
  for (let input = 0; input < width; input++) inputs[input * width + input]! += ridgeRows;
  const inverse = invertSymmetric(inputs, width);
  const weights = new Float64Array(width * targetWidth);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      const one = inverse[i * width + j]!;
      for (let t = 0; t < targetWidth; t++) weights[i * targetWidth + t]! += one * targets[j * targetWidth + t]!;
    }
  }
  return { weights, inverse };
}

function multiply({ width, targetWidth, starts, columns, values, targets }: Design, range: RowRange): Products {
  const products = { inputs: new Float64Array(width * width), targets: new Float64Array(width * targetWidth) };
  for (let row = range.from; row < range.to; row++) {
    const end = starts[row + 1]!;
    for (let a = starts[row]!; a < end; a++) {
      const [i, value] = [columns[a]!, values[a]!];
      for (let b = starts[row]!; b < end; b++) products.inputs[i * width + columns[b]!]! += value * values[b]!;
      for (let t = 0; t < targetWidth; t++)
        products.targets[i * targetWidth + t]! += value * targets[row * targetWidth + t]!;
    }
  }
  return products;
}

/**
 * The weights that a fit without the inputs S would have: β − P·ₛ·Pₛₛ⁻¹·βₛ, where P is the inverse of the products. The weights of S are
 * 0 in it. Exactly what a new fit gives, at the cost of inverting a matrix of as many rows as S has.
 */
export function dropInputs({ weights, inverse }: LinearFit, dropped: readonly number[], width: number): Float64Array {
  const targetWidth = weights.length / width;
  const size = dropped.length;
  const block = new Float64Array(size * size);
  dropped.forEach((i, a) => dropped.forEach((j, b) => (block[a * size + b] = inverse[i * width + j]!)));
  const inverted = invertSymmetric(block, size);
  const left = Float64Array.from(weights);
  for (let t = 0; t < targetWidth; t++) {
    const shift = dropped.map((_, a) =>
      dropped.reduce((sum, j, b) => sum + inverted[a * size + b]! * weights[j * targetWidth + t]!, 0),
    );
    for (let i = 0; i < width; i++) {
      dropped.forEach((j, a) => (left[i * targetWidth + t]! -= inverse[i * width + j]! * shift[a]!));
    }
    for (const j of dropped) left[j * targetWidth + t] = 0;
  }
  return left;
}

/** What a linear model says of the rows of `range`: probabilities held in [0, 1], or scaled values for regression. */
export function predictLinear(
  design: Design,
  weights: Float64Array,
  range: RowRange,
  areClasses: boolean,
): Predictions {
  const { targetWidth, starts, columns, values } = design;
  const outputs = new Float64Array((range.to - range.from) * targetWidth);
  for (let row = range.from; row < range.to; row++) {
    const at = (row - range.from) * targetWidth;
    for (let a = starts[row]!; a < starts[row + 1]!; a++) {
      for (let t = 0; t < targetWidth; t++) outputs[at + t]! += values[a]! * weights[columns[a]! * targetWidth + t]!;
    }
  }
  return { width: targetWidth, values: areClasses ? outputs.map((p) => Math.min(1, Math.max(0, p))) : outputs };
}
