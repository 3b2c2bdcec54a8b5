import { alternate, rowsOf } from '../alternate.ts';
import { medianOf, peakMegabytes, seconds } from '../figures.ts';
import type { BenchOptions } from '../options.ts';
import { measureOwn } from '../processes.ts';
import { formatFigure, type Section } from '../report.ts';
import { writeRows } from '../rows.ts';

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
  const [small, large] = measurements.map((one) => medianOf(one, peakMegabytes));
  return {
    title: 'Memory of a drift report',
    setting: 'The same 20 columns; the largest resident set of the whole process, DuckDB included.',
    rows: [
      ...rowsOf(subjects, measurements, 'MB at the peak', peakMegabytes),
      ...rowsOf(subjects, measurements, 's', seconds),
    ],
    findings: [`Ten times the rows take ${formatFigure(large! / small!)} times the memory.`],
  };
}
