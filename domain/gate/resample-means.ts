import { createRng } from '../math/rng.ts';
import type { ResamplingUnits } from './resampling-units.ts';

/**
 * Means of `resamples` draws of as many units as there are, with replacement; sorted. The numbers are those of the generator sfc32
 * (`domain/math/rng.ts`), 31 bits each, written out here in the loop: called as a function it takes three times as long, and a gate
 * draws 200 million of them on 100,000 rows.
 */
export function resampleMeans(units: ResamplingUnits, resamples: number, seed: number): Float64Array {
  const means =
    units.counts === null ? meansOfRows(units.sums, resamples, seed) : meansOfBlocks(units, resamples, seed);
  return means.sort();
}

/** Two sums side by side, so that one addition needn't wait for the other. */
function meansOfRows(values: Float64Array, resamples: number, seed: number): Float64Array {
  const rows = values.length;
  const scale = rows / 2 ** 31;
  let [a, b, c, counter] = createRng(seed).state();
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let even = 0;
    let odd = 0;
    for (let row = 0; row < rows; row += 2) {
      const first = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + first) | 0;
      even += values[((first >>> 1) * scale) | 0]!;
      if (row + 1 === rows) break;
      const second = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + second) | 0;
      odd += values[((second >>> 1) * scale) | 0]!;
    }
    means[r] = (even + odd) / rows;
  }
  return means;
}

/** Blocks may hold different numbers of rows: the mean is over rows. They are few, so that the generator may be called. */
function meansOfBlocks({ sums, counts }: ResamplingUnits, resamples: number, seed: number): Float64Array {
  const random = createRng(seed);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    let rows = 0;
    for (let unit = 0; unit < sums.length; unit++) {
      const drawn = Math.floor(random() * sums.length);
      sum += sums[drawn]!;
      rows += counts![drawn]!;
    }
    means[r] = sum / rows;
  }
  return means;
}
