import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../adapters/runtime/batch.ts';
import { buildNetwork } from '../../../adapters/runtime/build-network.ts';
import { denseGradients } from '../../../adapters/runtime/dense-gradients.ts';
import { loadTensorflow } from '../../../adapters/runtime/load-tensorflow.ts';
import { tapeGradients } from '../../../adapters/runtime/tape-gradients.ts';
import { createRng } from '../../../domain/math/rng.ts';
import type { Task } from '../../../domain/task.ts';
import { jobFor } from './jobs.ts';

const tf = loadTensorflow();
const inputWidth = 7;

/** A batch with numbers of its own; half of its rows weigh twice as much. */
function drawBatch(task: Task, rowCount: number, targetWidth: number): Batch {
  const rng = createRng(rowCount);
  const targets = new Float32Array(rowCount * targetWidth);
  for (let row = 0; row < rowCount; row += 1) {
    if (task === 'multiclass') targets[row * targetWidth + Math.floor(rng() * targetWidth)] = 1;
    else targets[row] = task === 'binary' ? Math.round(rng()) : 3 * rng();
  }
  return {
    rowCount,
    inputWidth,
    inputs: Float32Array.from({ length: rowCount * inputWidth }, () => 4 * rng() - 2),
    targetWidth,
    targets,
    rowWeights: Float32Array.from({ length: rowCount }, (_, row) => 1 + (row % 2)),
  };
}

describe('the gradients of the dense stack', () => {
  it.each([
    ['binary', 1, [16, 8]],
    ['binary', 1, []],
    ['multiclass', 3, [16]],
    ['multiclass', 5, []],
    ['regression', 1, [8, 8, 4]],
  ] as const)("are the tape's, bit for bit: %s with %i outputs and hidden layers %j", async (task, outputs, hidden) => {
    const { candidate } = await jobFor('ring', { hiddenUnits: hidden });
    const model = await buildNetwork(tf, candidate, { task, inputs: inputWidth, outputs }, createRng(5));
    const network = { tf, model, task, spec: candidate };
    const rng = createRng(9);
    const weights = model.trainableWeights.map((weight) =>
      weight
        .read()
        .dataSync<'float32'>()
        .map(() => rng() - 0.4),
    );
    for (const rows of [1, 37, 128]) {
      const batch = drawBatch(task, rows, outputs);
      const written = denseGradients(network)(weights, batch);
      const taped = tapeGradients(network)(weights, batch);
      expect(written.loss).toBe(taped.loss);
      expect(written.slopes).toEqual(taped.slopes);
    }
    model.dispose();
  });

  it('leave no tensor behind', async () => {
    const { candidate } = await jobFor('ring', { hiddenUnits: [4] });
    const model = await buildNetwork(tf, candidate, { task: 'binary', inputs: inputWidth, outputs: 1 }, createRng(5));
    const weights = model.trainableWeights.map((weight) => weight.read().dataSync<'float32'>());
    const find = denseGradients({ tf, model, task: 'binary', spec: candidate });
    const before = tf.memory().numTensors;
    find(weights, drawBatch('binary', 20, 1));
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
