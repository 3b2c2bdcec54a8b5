import { boundMean } from '../../domain/gate/bootstrap.ts';
import { groupIntoUnits } from '../../domain/gate/resampling-units.ts';
import { createRng } from '../../domain/math/rng.ts';
import { startClock } from '../clock.ts';
import type { Task } from '../task.ts';

/** Bounds of the mean of skewed differences, which the gate takes several times. */
export const bootstrap: Task = async (rows = '0') => {
  const random = createRng(1);
  const units = groupIntoUnits(Float64Array.from({ length: Number(rows) }, () => -Math.log(1 - random()) - 0.99));
  const stop = startClock();
  const bounds = boundMean(units, 0.05, 2_000, 1);
  return { ...stop(), bounds };
};
