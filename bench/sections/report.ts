import { alternate, rowsOf } from '../alternate.ts';
import { cpuSeconds, medianOf, seconds } from '../figures.ts';
import type { BenchOptions } from '../options.ts';
import { measureOwn } from '../processes.ts';
import { formatFigure, type Section } from '../report.ts';

const limitSeconds = 2;

/** The report of a retraining, from both models' answers to the page. */
export async function measureReport({ runs }: BenchOptions): Promise<Section> {
  const sizes = [1_000, 100_000];
  const subjects = sizes.map((rows) => ({
    name: `${formatFigure(rows)} rows of holdout`,
    measure: () => measureOwn('report', String(rows)),
  }));
  const measurements = await alternate(subjects, runs);
  const worst = medianOf(measurements[1]!, cpuSeconds);
  return {
    title: 'Report of a retraining',
    setting:
      'Figures, ROC, precision over recall, calibration, flips, gain over time, the drift of 20 numeric features, and the page with its plots, ' +
      'written and synced; in a fresh process, so that no code is compiled yet.',
    rows: [...rowsOf(subjects, measurements, 's', seconds), ...rowsOf(subjects, measurements, 's of CPU', cpuSeconds)],
    findings: [
      `100,000 rows take ${formatFigure(worst)} s of CPU, ${formatFigure(worst / limitSeconds)} of the ${limitSeconds} s that are allowed.`,
    ],
  };
}
