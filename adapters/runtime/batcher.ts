import { setImmediate } from 'node:timers';
import { QueueFull } from '../ports/model-runtime.ts';

interface Call {
  readonly inputs: Float32Array;
  readonly resolve: (outputs: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Rows that may wait for one run beside the first call: two seconds of a large network at the least. */
const mostWaitingRows = 20_000;

export interface Batcher {
  /** Outputs for row-major inputs. Rejects with QueueFull when too many rows wait. */
  run(inputs: Float32Array): Promise<Float32Array>;
  /** Calls that wait, and later ones, reject with this. */
  close(error: Error): void;
}

/** Puts the calls of one turn of the event loop into one run: a native call costs the same for one row as for dozens. */
export function createBatcher(
  inputWidth: number,
  outputWidth: number,
  runAll: (inputs: Float32Array) => Float32Array,
): Batcher {
  let calls: Call[] = [];
  let closed: Error | null = null;
  let waitingRows = 0;
  const flush = (): void => {
    const batch = calls;
    calls = [];
    waitingRows = 0;
    if (batch.length === 0) return;
    try {
      const outputs = runAll(concat(batch));
      let offset = 0;
      for (const { inputs, resolve } of batch) {
        const length = (inputs.length / inputWidth) * outputWidth;
        resolve(outputs.subarray(offset, offset + length));
        offset += length;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  return {
    run: (inputs) =>
      new Promise((resolve, reject) => {
        if (closed !== null) return reject(closed);
        const rows = inputs.length / inputWidth;
        if (calls.length > 0 && waitingRows + rows > mostWaitingRows) return reject(new QueueFull(waitingRows));
        waitingRows += rows;
        if (calls.length === 0) setImmediate(flush);
        calls.push({ inputs, resolve, reject });
      }),
    close(error) {
      closed ??= error;
      for (const { reject } of calls) reject(error);
      calls = [];
    },
  };
}

function concat(calls: readonly Call[]): Float32Array {
  if (calls.length === 1) return calls[0]!.inputs;
  const whole = new Float32Array(calls.reduce((sum, { inputs }) => sum + inputs.length, 0));
  let offset = 0;
  for (const { inputs } of calls) {
    whole.set(inputs, offset);
    offset += inputs.length;
  }
  return whole;
}
