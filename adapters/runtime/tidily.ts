import type { Tensorflow } from './load-tensorflow.ts';

/**
 * Disposes of the tensors that the work made, and returns its plain values. What `tf.tidy` itself is given back it searches for
 * tensors key by key, numbers of a typed array too: that took longer than to train on them.
 */
export function tidily<T>(tf: Tensorflow, work: () => T): T {
  let result: { readonly value: T } | null = null;
  tf.tidy(() => {
    result = { value: work() };
  });
  return result!.value;
}
