import { alternate, rowsOf } from '../alternate.ts';
import { seconds } from '../figures.ts';
import type { BenchOptions } from '../options.ts';
import { measureOwn } from '../processes.ts';
import { formatFigure, type Section } from '../report.ts';

/** Bounds of a mean difference from 2,000 resamples. */
export async function measureBootstrap({ runs }: BenchOptions): Promise<Section> {
  const sizes = [1_000, 20_000, 100_000];
  const subjects = sizes.map((rows) => ({
    name: `${formatFigure(rows)} rows`,
    measure: () => measureOwn('bootstrap', String(rows)),
  }));
  const measurements = await alternate(subjects, runs);
  return {
    title: 'Bootstrap of the gate',
    setting:
      '2,000 resamples of the mean of skewed differences, from the differences to the bounds, in a fresh process.',
    rows: rowsOf(subjects, measurements, 's', seconds),
    findings: [
      'Beyond 100,000 rows (or blocks) the bounds come from the normal law, which the bootstrap of a mean agrees with there.',
    ],
  };
}
