import { compareFiles } from '../../adapters/data/compare-files.ts';
import { startClock } from '../clock.ts';
import type { Task } from '../task.ts';

export const drift: Task = async (reference = '', current = '') => {
  const stop = startClock();
  const report = await compareFiles({ reference, current, exclude: [] });
  return { ...stop(), drifted: report.drifted.map(({ feature }) => feature) };
};
