import { alternate, rowsOf, type Subject } from './alternate.ts';
import { preparePeers } from './peers.ts';
import { measureOwn, measurePeer, type Measurement } from './processes.ts';
import { formatFigure, median, type Section } from './report.ts';
import { writeErrors, writeRows } from './rows.ts';

export interface BenchOptions {
  readonly runs: number;
}

const seconds = (measurement: Measurement) => measurement.seconds;
const cpuSeconds = (measurement: Measurement) => measurement.cpuSeconds;
const medianOf = (runs: readonly Measurement[], figure: (measurement: Measurement) => number) =>
  median(runs.map(figure));

/** A drift report from two Parquet files, against Evidently and NannyML. */
export async function measureDrift({ runs }: BenchOptions): Promise<Section> {
  const files = [await writeRows('reference', 100_000), await writeRows('current', 100_000)];
  const python = await preparePeers();
  const subjects: Subject[] = [
    { name: 'Incumbent', measure: () => measureOwn('drift', ...files) },
    { name: 'Evidently DataDriftPreset', measure: () => measurePeer(python, 'evidently', ...files) },
    { name: 'NannyML univariate', measure: () => measurePeer(python, 'nannyml', ...files) },
  ];
  const measurements = await alternate(subjects, runs);
  const whole = subjects.map((subject) => ({ ...subject, name: `${subject.name}, whole process` }));
  const [own, ...peers] = measurements;
  return {
    title: 'Drift report',
    setting:
      '100,000 against 100,000 rows of 15 numeric and 5 categorical columns, two of which moved by .3 sd; from Parquet ' +
      'files to the verdict, in a fresh process each time. "Whole process" adds start and imports.',
    rows: [
      ...rowsOf(subjects, measurements, 's', seconds),
      ...rowsOf(subjects, measurements, 's of CPU', cpuSeconds),
      ...rowsOf(whole, measurements, 's', ({ processSeconds }) => processSeconds),
      ...rowsOf(subjects, measurements, 'MB at the peak', ({ peakBytes }) => peakBytes / 1e6),
    ],
    findings: [
      ...peers.map((peer, index) => {
        const times = medianOf(peer, seconds) / medianOf(own!, seconds);
        const work = medianOf(peer, cpuSeconds) / medianOf(own!, cpuSeconds);
        return `${subjects[index + 1]!.name} takes ${formatFigure(times)} times as long as Incumbent, and ${formatFigure(work)} times the CPU.`;
      }),
      ...subjects.map(
        ({ name }, index) => `${name} finds: ${measurements[index]![0]!.drifted?.join(', ') || 'nothing'}.`,
      ),
    ],
  };
}

/** ADWIN's updates per second, against River. */
export async function measureAdwin({ runs }: BenchOptions): Promise<Section> {
  const count = 1_000_000;
  const file = await writeErrors(count);
  const python = await preparePeers();
  const subjects: Subject[] = [
    { name: 'Incumbent, all at once', measure: () => measureOwn('adwin', file) },
    { name: 'Incumbent, 500 labels a look', measure: () => measureOwn('adwin', file, '500') },
    { name: 'River', measure: () => measurePeer(python, 'river', file) },
  ];
  const measurements = await alternate(subjects, runs);
  const found = measurements.map(([first]) => JSON.stringify(first!.detections));
  const perSecond = (measurement: Measurement) => count / measurement.seconds;
  const [own, , river] = measurements;
  return {
    title: 'ADWIN',
    setting: `${formatFigure(count)} errors (0 or 1), whose rate changes between .2 and .3 every 100,000; default options.`,
    rows: rowsOf(subjects, measurements, 'updates/s', perSecond),
    findings: [
      `Incumbent makes ${formatFigure(medianOf(own!, perSecond) / medianOf(river!, perSecond))} times as many updates a second as River.`,
      `${measurements[0]![0]!.detections?.length ?? 0} changes found; ${found.every((one) => one === found[0]) ? 'the same ones, to the index, by all' : 'NOT the same ones by all'}.`,
    ],
  };
}

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
      'Beyond 20,000 rows (or blocks) the bounds come from the normal law, which the bootstrap of a mean agrees with there.',
    ],
  };
}

/** Memory of a drift report on ten times the rows. */
export async function measureMemory({ runs }: BenchOptions): Promise<Section> {
  const sizes = [1_000_000, 10_000_000];
  const files: string[][] = [];
  for (const rows of sizes) files.push([await writeRows('reference', rows), await writeRows('current', rows)]);
  const subjects = sizes.map((rows, index) => ({
    name: `${formatFigure(rows)} against ${formatFigure(rows)} rows`,
    measure: () => measureOwn('drift', ...files[index]!),
  }));
  const measurements = await alternate(subjects, runs);
  const peak = ({ peakBytes }: Measurement) => peakBytes / 1e6;
  const [small, large] = measurements.map((one) => medianOf(one, peak));
  return {
    title: 'Memory of a drift report',
    setting: 'The same 20 columns; the largest resident set of the whole process, DuckDB included.',
    rows: [...rowsOf(subjects, measurements, 'MB at the peak', peak), ...rowsOf(subjects, measurements, 's', seconds)],
    findings: [`Ten times the rows take ${formatFigure(large! / small!)} times the memory.`],
  };
}
