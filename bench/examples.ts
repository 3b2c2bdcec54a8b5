import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng } from '../domain/math/rng.ts';
import { cacheFolder } from './peers.ts';

/** Rows to train on and weights to begin from, as little-endian floats in a folder; made once, then found in the cache. */
export async function writeExamples(rows: number, widths: string): Promise<string> {
  const folder = join(cacheFolder(), `examples-${rows}-${widths}`);
  if (existsSync(folder)) return folder;
  const sizes = widths.split('-').map(Number);
  const width = sizes[0]!;
  const random = createRng(1);
  const inputs = Float32Array.from({ length: rows * width }, () => 4 * random() - 2);
  // The sign of a product, one time in twenty turned over: no line tells it, and no network tells it in full.
  const targets = Float32Array.from({ length: rows }, (_, row) => {
    const isPositive = inputs[row * width]! * inputs[row * width + 1]! > 0;
    return Number(isPositive !== random() < 0.05);
  });
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  for (const [name, values] of Object.entries({ inputs, targets, weights: drawWeights(sizes, random) })) {
    await writeFile(join(unfinished, `${name}.f32`), new Uint8Array(values.buffer));
  }
  await rename(unfinished, folder);
  return folder;
}

/** He's uniform kernels, biases of 0; layer by layer. */
function drawWeights(sizes: readonly number[], random: () => number): Float32Array {
  const parts = sizes.slice(1).flatMap((outputs, layer) => {
    const limit = Math.sqrt(6 / sizes[layer]!);
    const kernel = Array.from({ length: sizes[layer]! * outputs }, () => limit * (2 * random() - 1));
    return [...kernel, ...Array.from({ length: outputs }, () => 0)];
  });
  return Float32Array.from(parts);
}
