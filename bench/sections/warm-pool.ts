import { alternate, rowsOf } from '../alternate.ts';
import { medianOf, seconds } from '../figures.ts';
import type { BenchOptions } from '../options.ts';
import { measureOwn, type Measurement } from '../processes.ts';
import { formatFigure, type Section } from '../report.ts';

/** What a kept training process saves. */
export async function measureWarmPool({ runs }: BenchOptions): Promise<Section> {
  const subjects = [{ name: 'the second, in the process that the first left', measure: () => measureOwn('warm-pool') }];
  const [measured] = await alternate(subjects, runs);
  const cold = ({ coldSeconds }: Measurement) => coldSeconds ?? Number.NaN;
  return {
    title: 'Training in a kept process',
    setting: 'A candidate on 3,500 rows (the default mlp-32), from the request to the package on disk, twice in a row.',
    rows: [
      { name: 'the first, whose process must start', unit: 's', values: measured!.map(cold) },
      ...rowsOf(subjects, [measured!], 's', seconds),
    ],
    findings: [
      `The second takes ${formatFigure(medianOf(measured!, seconds) / medianOf(measured!, cold))} of the first's time.`,
    ],
  };
}
