import { alternate, rowsOf, type Subject } from '../alternate.ts';
import { medianOf, peakMegabytes, seconds } from '../figures.ts';
import type { BenchOptions } from '../options.ts';
import { measureOwn, type Measurement } from '../processes.ts';
import { formatFigure, type Row, type Section } from '../report.ts';
import { writeRows } from '../rows.ts';
import { writeBenchSnapshot } from '../snapshots.ts';

/** What is not to be streamed is given this much. */
const plentyMb = 4_096;
const smallMb = 64;
const millions = [1_000_000, 4_000_000] as const;

/** Memory of a drift report on ten times the rows; of a training on a million rows, of several at once, and of one by blocks. */
export async function measureMemory({ runs }: BenchOptions): Promise<Section> {
  const [drift, training] = [await measureDriftMemory(runs), await measureTrainingMemory(runs)];
  return {
    title: 'Memory',
    setting:
      'Drift: the same 20 columns, the largest resident set of the whole process, DuckDB included. Training: 80% of a snapshot of 20 numeric ' +
      'columns, 20-64-32-1, two epochs, from the Parquet file to the package, TensorFlow and DuckDB included; of candidates at once, the largest ' +
      'sum of proportional set sizes (a page that several share counts once).',
    rows: [...drift.rows, ...training.rows],
    findings: [...drift.findings, ...training.findings],
  };
}

type Part = Pick<Section, 'rows' | 'findings'>;

async function measureDriftMemory(runs: number): Promise<Part> {
  const sizes = [1_000_000, 10_000_000];
  const files: string[][] = [];
  for (const rows of sizes) files.push([await writeRows('reference', rows), await writeRows('current', rows)]);
  const subjects = sizes.map((rows, index) => ({
    name: `drift: ${formatFigure(rows)} against ${formatFigure(rows)} rows`,
    measure: () => measureOwn('drift', ...files[index]!),
  }));
  const measurements = await alternate(subjects, runs);
  const [small, large] = measurements.map((one) => medianOf(one, peakMegabytes));
  return {
    rows: rowsWithTime(subjects, measurements, peakMegabytes),
    findings: [`Drift: ten times the rows take ${formatFigure(large! / small!)} times the memory.`],
  };
}

async function measureTrainingMemory(runs: number): Promise<Part> {
  const [one, four] = [await writeBenchSnapshot(millions[0]), await writeBenchSnapshot(millions[1])];
  const alone = [
    trainingOn(millions[0], one, plentyMb, 'in memory'),
    trainingOn(millions[1], four, plentyMb, 'in memory'),
    trainingOn(millions[1], four, smallMb, `by blocks, ${smallMb} MB of examples allowed`),
  ];
  const together = [1, 2, 4].map((count) => ({
    name: `training: ${count} at once, ${formatFigure(millions[0])} rows`,
    measure: () => measureOwn('train-shared', one, String(count)),
  }));
  const [peaks, shares] = [await alternate(alone, runs), await alternate(together, runs)];
  const [million] = peaks.map((runsOfOne) => medianOf(runsOfOne, peakMegabytes));
  const [single, , several] = shares.map((runsOfOne) => medianOf(runsOfOne, proportionalMegabytes));
  return {
    rows: [
      ...rowsWithTime(alone, peaks, peakMegabytes),
      ...rowsOf(together, shares, 'MB in common and apart, at the peak', proportionalMegabytes),
    ],
    findings: [
      `Training: a million rows of 20 columns take ${formatFigure(million!)} MB (1,500 are allowed); four candidates at once ${formatFigure(several! / single!)} times one's.`,
    ],
  };
}

function trainingOn(rows: number, folder: string, memoryMb: number, how: string): Subject {
  const name = `training: ${formatFigure(rows)} rows, ${how}`;
  return { name, measure: () => measureOwn('train-memory', folder, String(memoryMb)) };
}

function proportionalMegabytes({ proportionalBytes }: Measurement): number {
  return (proportionalBytes ?? Number.NaN) / 1e6;
}

function rowsWithTime(
  subjects: readonly Subject[],
  measurements: readonly (readonly Measurement[])[],
  figure: (measurement: Measurement) => number,
): readonly Row[] {
  return [...rowsOf(subjects, measurements, 'MB at the peak', figure), ...rowsOf(subjects, measurements, 's', seconds)];
}
