/**
 * Inverse of a symmetric positive definite matrix of `size` rows, row-major: A = L·Lᵀ (Cholesky), then A⁻¹ = L⁻ᵀ·L⁻¹. Throws a RangeError
 * where the matrix is not positive definite.
 */
export function invertSymmetric(matrix: Float64Array, size: number): Float64Array {
  const inverted = invertLower(factorize(matrix, size), size);
  const inverse = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    for (let i = 0; i <= k; i++) {
      const left = inverted[k * size + i]!;
      if (left === 0) continue;
      for (let j = 0; j <= i; j++) inverse[i * size + j]! += left * inverted[k * size + j]!;
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) inverse[j * size + i] = inverse[i * size + j]!;
  return inverse;
}

/** The lower triangle L of A = L·Lᵀ. */
function factorize(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      if (i !== j) lower[i * size + j] = sum / lower[j * size + j]!;
      else if (sum > 0) lower[i * size + i] = Math.sqrt(sum);
      else throw new RangeError(`the matrix is not positive definite at row ${i}`);
    }
  }
  return lower;
}

function invertLower(lower: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const diagonal = lower[i * size + i]!;
    for (let k = 0; k < i; k++) {
      const weight = lower[i * size + k]! / diagonal;
      if (weight === 0) continue;
      for (let j = 0; j <= k; j++) inverse[i * size + j]! -= weight * inverse[k * size + j]!;
    }
    inverse[i * size + i] = 1 / diagonal;
  }
  return inverse;
}
