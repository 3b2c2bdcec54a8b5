import { readFile } from 'node:fs/promises';
import { compareFiles } from '../adapters/data/compare-files.ts';
import { boundMean } from '../domain/gate/bootstrap.ts';
import { groupIntoUnits } from '../domain/gate/resampling-units.ts';
import { createRng } from '../domain/math/rng.ts';
import { initialAdwin, scanAdwin } from '../domain/outcomes/adwin.ts';

type Measured = Record<string, unknown> & Took;

interface Took {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Our side of each comparison. What a task reads beforehand, as its peer does, does not count. */
const tasks: Readonly<Record<string, (...args: string[]) => Promise<Measured>>> = { drift, adwin, bootstrap };

async function drift(reference = '', current = ''): Promise<Measured> {
  const stop = startClock();
  const report = await compareFiles({ reference, current, exclude: [] });
  return { ...stop(), drifted: report.drifted.map(({ feature }) => feature) };
}

/** Values in batches of a given length, as the monitor hands them over, with the state stored in between. */
async function adwin(path = '', batch = 'Infinity'): Promise<Measured> {
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
}

/** Bounds of the mean of skewed differences, which the gate takes several times. */
async function bootstrap(rows = '0'): Promise<Measured> {
  const random = createRng(1);
  const units = groupIntoUnits(Float64Array.from({ length: Number(rows) }, () => -Math.log(1 - random()) - 0.99));
  const stop = startClock();
  const bounds = boundMean(units, 0.05, 2_000, 1);
  return { ...stop(), bounds };
}

/** Time on the wall, and of all cores on this process. */
function startClock(): () => Took {
  const startedAtMs = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - startedAtMs) / 1_000, cpuSeconds: (user + system) / 1e6 };
  };
}

const [name = '', ...args] = process.argv.slice(2);
const measured = await tasks[name]!(...args);
process.stdout.write(`${JSON.stringify({ ...measured, peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`);
