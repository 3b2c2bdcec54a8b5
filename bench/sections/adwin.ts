import { alternate, rowsOf, type Subject } from '../alternate.ts';
import { medianOf } from '../figures.ts';
import type { BenchOptions } from '../options.ts';
import { preparePeers } from '../peers.ts';
import { measureOwn, measurePeer, type Measurement } from '../processes.ts';
import { formatFigure, type Section } from '../report.ts';
import { writeErrors } from '../rows.ts';

/** ADWIN's updates per second, against River. */
export async function measureAdwin({ runs }: BenchOptions): Promise<Section> {
  const count = 1_000_000;
  const file = await writeErrors(count);
  await preparePeers('drift');
  const subjects: Subject[] = [
    { name: 'Incumbent, all at once', measure: () => measureOwn('adwin', file) },
    { name: 'Incumbent, 500 labels a look', measure: () => measureOwn('adwin', file, '500') },
    { name: 'River', measure: () => measurePeer('drift', 'river', file) },
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
