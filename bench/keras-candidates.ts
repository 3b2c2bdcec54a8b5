import { writeExamples } from './examples.ts';
import type { LiveModel } from './live-model.ts';
import { measurePeer, type Measurement } from './processes.ts';
import type { RunTimes } from './run-times.ts';

/**
 * A run's candidates as Keras trains them, one after another: the same layers, as many rows, epochs and rows a step, but without validation and on
 * made-up rows, for what they say costs nothing.
 */
export async function trainCandidatesInKeras(live: LiveModel, run: RunTimes): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  for (const { id, window, hiddenUnits, batchSize } of run.candidates) {
    const { parameters, epochs } = run.trained.find(({ candidateId }) => candidateId === id)!;
    const rows = await live.countRows(run, window);
    const widths = [inputWidth(parameters, hiddenUnits), ...hiddenUnits, 1].join('-');
    process.stderr.write(`retraining: ${id} in Keras, ${epochs} epochs of ${rows} rows\n`);
    const folder = await writeExamples(rows, widths);
    measured.push(await measurePeer('training', 'train-dense', folder, widths, String(epochs), String(batchSize)));
  }
  return measured;
}

/** Of dense layers that end in one unit: what the first weighs is what the others leave. */
function inputWidth(parameters: number, hiddenUnits: readonly number[]): number {
  const [first, ...others] = [...hiddenUnits, 1];
  let rest = parameters;
  let inputs = first;
  for (const units of others) {
    rest -= (inputs + 1) * units;
    inputs = units;
  }
  return rest / first - 1;
}
