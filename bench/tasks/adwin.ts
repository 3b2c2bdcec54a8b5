import { readFile } from 'node:fs/promises';
import { initialAdwin, scanAdwin } from '../../domain/outcomes/adwin.ts';
import { startClock } from '../clock.ts';
import type { Task } from '../task.ts';

/** Values in batches of a given length, as the monitor hands them over, with the state stored in between. */
export const adwin: Task = async (path = '', batch = 'Infinity') => {
  const bytes = await readFile(path);
  const values = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  const length = Math.min(Number(batch), values.length);
  const found: number[] = [];
  let state = initialAdwin();
  const stop = startClock();
  for (let from = 0; from < values.length; from += length) {
    const scanned = scanAdwin(state, values.subarray(from, from + length));
    for (const { index } of scanned.detections) found.push(from + index);
    ({ state } = scanned);
  }
  return { ...stop(), detections: found };
};
