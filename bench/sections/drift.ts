import { alternate, rowsOf, type Subject } from '../alternate.ts';
import { cpuSeconds, medianOf, peakMegabytes, seconds } from '../figures.ts';
import type { BenchOptions } from '../options.ts';
import { preparePeers } from '../peers.ts';
import { measureOwn, measurePeer } from '../processes.ts';
import { formatFigure, type Section } from '../report.ts';
import { writeRows } from '../rows.ts';

/** A drift report from two Parquet files, against Evidently and NannyML. */
export async function measureDrift({ runs }: BenchOptions): Promise<Section> {
  const files = [await writeRows('reference', 100_000), await writeRows('current', 100_000)];
  await preparePeers('drift');
  const subjects: Subject[] = [
    { name: 'Incumbent', measure: () => measureOwn('drift', ...files) },
    { name: 'Evidently DataDriftPreset', measure: () => measurePeer('drift', 'evidently', ...files) },
    { name: 'NannyML univariate', measure: () => measurePeer('drift', 'nannyml', ...files) },
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
      ...rowsOf(subjects, measurements, 'MB at the peak', peakMegabytes),
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
