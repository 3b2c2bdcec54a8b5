import { createRequire } from 'node:module';

export type Tensorflow = typeof import('@tensorflow/tfjs-node');

const require = createRequire(import.meta.url);

/**
 * TensorFlow, loaded into this process once. The only place that loads it: the native library reads its environment and
 * tfjs-node calls `util.isNullOrUndefined` (gone from Node 23 on) the moment they are loaded.
 */
export function loadTensorflow(load: (name: string) => unknown = require): Tensorflow {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // On networks of the size that tables need, oneDNN costs more than it saves, and it sums in another order.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '0';
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  try {
    return load('@tensorflow/tfjs-node') as Tensorflow;
  } catch (cause) {
    const [reason] = String(cause instanceof Error ? cause.message : cause).split('\n');
    throw new Error(`TensorFlow can't be loaded (${reason}): run npm run setup`, { cause });
  }
}

/** Version of the native library. */
export function tensorflowVersion(tf: Tensorflow): string {
  return (tf.backend() as unknown as { binding: { TF_Version: string } }).binding.TF_Version;
}
