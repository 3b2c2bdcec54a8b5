import { alternate, rowsOf, type Subject } from '../alternate.ts';
import { cpuSeconds, medianOf, seconds } from '../figures.ts';
import { writeExamples } from '../examples.ts';
import type { BenchOptions } from '../options.ts';
import { preparePeers } from '../peers.ts';
import { measureOwn, measurePeer, type Measurement } from '../processes.ts';
import { formatFigure, type Row, type Section } from '../report.ts';

interface Pair {
  readonly name: string;
  readonly ours: Subject;
  readonly theirs: Subject;
}

const dense = [
  { rows: 20_000, widths: '20-64-32-1', epochs: 5, batchSize: 128 },
  { rows: 20_000, widths: '20-64-32-1', epochs: 5, batchSize: 1_024 },
  { rows: 20_000, widths: '20-512-256-1', epochs: 5, batchSize: 128 },
  { rows: 1_000_000, widths: '20-64-32-1', epochs: 1, batchSize: 128 },
];

const others = [
  { net: 'cnn', name: 'CNN on 28 × 28', width: 784, rows: 3_840 },
  { net: 'lstm', name: 'LSTM on 50 steps of 4', width: 200, rows: 1_280 },
];

/** The same networks on the same rows from the same weights: dense ones against Keras, others against tfjs-node as shipped. */
export async function measureTraining({ runs }: BenchOptions): Promise<Section> {
  await preparePeers('training');
  // One after another: some share their rows, which are written once.
  const pairs: Pair[] = [];
  for (const one of dense) pairs.push(await pairOfDense(one));
  for (const one of others) pairs.push(await pairOfOther(one));
  const [rows, findings]: [Row[], string[]] = [[], []];
  for (const { name, ours, theirs } of pairs) {
    const subjects = [ours, theirs];
    const measurements = await alternate(subjects, runs);
    rows.push(
      ...rowsOf(subjects, measurements, 's', seconds),
      ...rowsOf(subjects, measurements, 's of CPU', cpuSeconds),
    );
    findings.push(compare(name, measurements));
  }
  return {
    title: 'Training',
    setting:
      'Adam, learning rate .001, binary cross-entropy; after some steps to warm up, in a fresh process each time, in turn. ' +
      'Keras and tfjs-node use all cores, Incumbent one.',
    rows,
    findings,
  };
}

async function pairOfDense({ rows, widths, epochs, batchSize }: (typeof dense)[number]): Promise<Pair> {
  const name = `${widths}, ${formatFigure(rows)} rows, ${epochs} epochs, batch ${formatFigure(batchSize)}`;
  const args = [await writeExamples(rows, widths), widths, String(epochs), String(batchSize)];
  return {
    name,
    ours: { name: `Incumbent: ${name}`, measure: () => measureOwn('train-dense', ...args) },
    theirs: { name: `Keras: ${name}`, measure: () => measurePeer('training', 'train-dense', ...args) },
  };
}

async function pairOfOther({ net, name, width, rows }: (typeof others)[number]): Promise<Pair> {
  const folder = await writeExamples(rows, `${width}-1`);
  return {
    name,
    ours: { name: `Incumbent: ${name}`, measure: () => measureOwn('train-tape', folder, net) },
    theirs: { name: `tfjs-node: ${name}`, measure: () => measureOwn('train-shipped', folder, net) },
  };
}

function compare(name: string, [ours, theirs]: readonly Measurement[][]): string {
  const ratio = (figure: (one: Measurement) => number) =>
    formatFigure(medianOf(ours!, figure) / medianOf(theirs!, figure));
  const [own, other] = [ours, theirs].map((one) => medianOf(one!, ({ loss }) => loss ?? Number.NaN).toFixed(4));
  return `${name}: ${ratio(seconds)} of the time, ${ratio(cpuSeconds)} of the CPU; loss ${own} against ${other}.`;
}
