import { normalQuantile } from '../math/normal.ts';
import { defaultAdwinOptions } from '../outcomes/adwin.ts';

export interface RiseDesign {
  /** By how much the mean loss rises. */
  readonly rise: number;
  /** Losses that ADWIN is given as one. */
  readonly blockRows: number;
  /** Variance of a block's mean. */
  readonly blockVariance: number;
  /** Labels without a rise before it. */
  readonly quietLabels: number;
  /** Chance with which it is to be seen. */
  readonly power: number;
}

const mostLabels = 1e7;

/**
 * Labels after a rise of the mean loss until ADWIN cuts where it began, with the chance `power`; null where it never does, because the
 * labels before the rise are too few to know what was normal.
 *
 * ADWIN cuts where the means differ by ε = √(2σ²L/m) + 2L/(3m) (see `findCut`); the difference that is measured lies above
 * δ − z_β·√(σ²/n0 + σ²/n1) with the chance β. The labels are those from which on the second is at least the first, and half of what lies between
 * two looks.
 *
 * Example: errors go from .20 to .25 after 10,000 labels: seen within 2,392 labels in 80% of streams.
 */
export function labelsUntilVisible(design: RiseDesign): number | null {
  const { blockRows } = design;
  let blocks = 1;
  while (!isVisible(design, blocks)) {
    blocks *= 2;
    if (blocks * blockRows > mostLabels) return null;
  }
  let [low, high] = [Math.floor(blocks / 2), blocks];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isVisible(design, middle)) high = middle;
    else low = middle;
  }
  const clock = Math.max(1, Math.ceil(defaultAdwinOptions.clock / blockRows));
  return Math.round((high + clock / 2) * blockRows);
}

/** The smallest rise that is visible within so many labels, to a tenth of a point; null where none up to half of all is. */
export function smallestVisibleRise(design: Omit<RiseDesign, 'rise'>, labels: number): number | null {
  const blocks = Math.floor(labels / design.blockRows);
  for (let tenths = 1; tenths <= 500; tenths++) {
    if (isVisible({ ...design, rise: tenths / 1000 }, blocks)) return tenths / 1000;
  }
  return null;
}

/** In sums of blocks, as the monitor feeds them. */
function isVisible({ rise, blockRows, blockVariance, quietLabels, power }: RiseDesign, after: number): boolean {
  const { delta, minWindowLength } = defaultAdwinOptions;
  const before = Math.floor(quietLabels / blockRows);
  const least = minWindowLength - 1;
  if (before <= least || after <= least) return false;
  const difference = rise * blockRows;
  const variance = blockVariance * blockRows ** 2;
  const share = after / (before + after);
  const spread = variance + share * (1 - share) * difference ** 2;
  const log = Math.log((2 * Math.log(before + after)) / delta);
  const inverse = 1 / (before - least) + 1 / (after - least);
  const limit = Math.sqrt(2 * spread * log * inverse) + (2 / 3) * log * inverse;
  return difference - normalQuantile(power) * Math.sqrt(variance / before + variance / after) >= limit;
}
