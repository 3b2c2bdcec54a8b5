import { expect, it } from 'vitest';
import { QueueFull } from '../../../adapters/ports/model-runtime.ts';
import { createBatcher } from '../../../adapters/runtime/batcher.ts';

it('refuses rows beyond those that may wait for one run, and takes rows again after it', async () => {
  const runs: number[] = [];
  const batcher = createBatcher(2, 1, (inputs) => {
    runs.push(inputs.length / 2);
    return new Float32Array(inputs.length / 2);
  });
  const rows = (count: number) => new Float32Array(2 * count);
  const first = [batcher.run(rows(12_000)), batcher.run(rows(8_000))];
  const refused = await batcher.run(rows(1)).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(QueueFull);
  expect(refused).toMatchObject({ waitingRows: 20_000 });
  expect((await Promise.all(first)).map(({ length }) => length)).toEqual([12_000, 8_000]);
  // One call alone is never refused: its size has a limit of its own.
  expect((await batcher.run(rows(30_000))).length).toBe(30_000);
  expect(runs).toEqual([20_000, 30_000]);
});
