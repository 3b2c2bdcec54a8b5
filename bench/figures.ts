import type { Measurement } from './processes.ts';
import { median } from './report.ts';

type Figure = (measurement: Measurement) => number;

export const seconds: Figure = (measurement) => measurement.seconds;
export const cpuSeconds: Figure = (measurement) => measurement.cpuSeconds;
export const peakMegabytes: Figure = ({ peakBytes }) => peakBytes / 1e6;

/** The median of one figure of the runs. */
export function medianOf(runs: readonly Measurement[], figure: Figure): number {
  return median(runs.map(figure));
}
