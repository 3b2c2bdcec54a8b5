import type { Examples } from './examples.ts';

/** Rows of one training step; arrays are row-major. */
export interface Batch {
  readonly rowCount: number;
  readonly inputWidth: number;
  readonly inputs: Float32Array;
  readonly targetWidth: number;
  readonly targets: Float32Array;
  /** One weight a row, or null. */
  readonly rowWeights: Float32Array | null;
}

/** The rows of that order, copied next to each other. */
export function takeBatch(examples: Examples, rows: Uint32Array): Batch {
  const { inputWidth, targetWidth, rowWeights } = examples;
  return {
    rowCount: rows.length,
    inputWidth,
    inputs: gather(examples.inputs, inputWidth, rows),
    targetWidth,
    targets: gather(examples.targets, targetWidth, rows),
    rowWeights: rowWeights === null ? null : gather(rowWeights, 1, rows),
  };
}

function gather(source: Float32Array, width: number, rows: Uint32Array): Float32Array {
  const batch = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i += 1) {
    const from = rows[i]! * width;
    batch.set(source.subarray(from, from + width), i * width);
  }
  return batch;
}
