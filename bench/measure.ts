import { readFile } from 'node:fs/promises';
import { compareFiles } from '../adapters/data/compare-files.ts';
import { boundMean } from '../domain/gate/bootstrap.ts';
import { groupIntoUnits } from '../domain/gate/resampling-units.ts';
import { createRng } from '../domain/math/rng.ts';
import { initialAdwin, scanAdwin } from '../domain/outcomes/adwin.ts';

type Measured = Record<string, unknown> & { readonly seconds: number };

/** Our side of each comparison. What a task reads beforehand, as its peer does, does not count. */
const tasks: Readonly<Record<string, (...args: string[]) => Promise<Measured>>> = { drift, adwin, bootstrap };

async function drift(reference = '', current = ''): Promise<Measured> {
  const startedAtMs = performance.now();
  const report = await compareFiles({ reference, current, exclude: [] });
  const seconds = secondsSince(startedAtMs);
  return { seconds, drifted: report.drifted.map(({ feature }) => feature) };
}

/** Values in batches of a given length, as the monitor hands them over, with the state stored in between. */
async function adwin(path = '', batch = 'Infinity'): Promise<Measured> {
  const bytes = await readFile(path);
  const values = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  const length = Math.min(Number(batch), values.length);
  const found: number[] = [];
  let state = initialAdwin();
  const startedAtMs = performance.now();
  for (let from = 0; from < values.length; from += length) {
    const scanned = scanAdwin(state, values.subarray(from, from + length));
    for (const { index } of scanned.detections) found.push(from + index);
    ({ state } = scanned);
  }
  return { seconds: secondsSince(startedAtMs), detections: found };
}

/** Bounds of the mean of skewed differences, which the gate takes several times. */
async function bootstrap(rows = '0'): Promise<Measured> {
  const random = createRng(1);
  const units = groupIntoUnits(Float64Array.from({ length: Number(rows) }, () => -Math.log(1 - random()) - 0.99));
  const startedAtMs = performance.now();
  const bounds = boundMean(units, 0.05, 2_000, 1);
  return { seconds: secondsSince(startedAtMs), bounds };
}

function secondsSince(startedAtMs: number): number {
  return (performance.now() - startedAtMs) / 1_000;
}

const [name = '', ...args] = process.argv.slice(2);
const measured = await tasks[name]!(...args);
process.stdout.write(`${JSON.stringify({ ...measured, peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`);
