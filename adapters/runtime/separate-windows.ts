import type { Separation } from '../../domain/drift/classifier-two-sample.ts';
import { createRng, type Rng } from '../../domain/math/rng.ts';
import { rocAuc } from '../../domain/outcomes/metrics.ts';
import { fitPreprocessing } from '../../domain/preprocessing/fit.ts';
import type { DataSchema } from '../../domain/table.ts';
import type { CandidateSpec, SeparationJob } from '../ports/model-runtime.ts';
import type { LabelledRows } from '../ports/store.ts';
import { buildNetwork } from './build-network.ts';
import { inMemory } from './example-source.ts';
import { toExamples } from './examples.ts';
import { fitNetwork } from './fit-network.ts';
import { loadTensorflow } from './load-tensorflow.ts';
import { runNetwork } from './network.ts';
import type { SnapshotRows } from './protocol.ts';
import { seedMathRandom } from './repeatable-random.ts';
import { dealWindows, type WindowPair } from './window-parts.ts';

/** Small, but not linear: a linear network misses a pure change in correlation. */
const network: CandidateSpec = {
  id: 'classifier-two-sample',
  hiddenUnits: [16, 8],
  window: 'all',
  optimizer: 'adam',
  learningRate: 0.01,
  batchSize: 64,
  maxEpochs: 15,
  patience: 3,
  l2: 1e-4,
  classWeights: false,
  buildModule: null,
};

/** Tells rows of a snapshot from others. */
export async function separateFromSnapshot(
  { snapshot, range, current, seed }: SeparationJob,
  rows: SnapshotRows,
): Promise<Separation> {
  const { table: reference } = await rows.readSnapshot(snapshot, range);
  return await separateWindows({ schema: snapshot.schema, reference, current }, seed);
}

/** Trains a small network on one half of two windows' rows to tell them apart, and tries it on the other half. */
export async function separateWindows(windows: WindowPair, seed: number): Promise<Separation> {
  const rng = createRng(seed);
  const { schema, train, validation, test, referenceRows, currentRows } = dealWindows(windows, rng);
  const canTrain = schema.features.length > 0 && validation.labels.length > 0;
  const scores = canTrain ? await scoreRows({ schema, train, validation, test }, rng, seed) : new Float32Array(0);
  return { auc: rocAuc(test.labels.subarray(0, scores.length), scores), referenceRows, currentRows };
}

interface Parts {
  readonly schema: DataSchema;
  readonly train: LabelledRows;
  readonly validation: LabelledRows;
  readonly test: LabelledRows;
}

async function scoreRows({ schema, train, validation, test }: Parts, rng: Rng, seed: number): Promise<Float32Array> {
  const tf = loadTensorflow();
  const random = seedMathRandom(seed);
  const preprocessing = fitPreprocessing(train.table, schema, { from: 0, to: train.table.rowCount });
  const examples = (part: LabelledRows) => toExamples(part, preprocessing, null, schema);
  const model = await buildNetwork(tf, network, { task: 'binary', inputs: preprocessing.width, outputs: 1 }, rng);
  await fitNetwork({
    tf,
    model,
    task: 'binary',
    spec: network,
    train: inMemory(examples(train)),
    validation: inMemory(examples(validation)),
    rng,
    random,
    resume: null,
    untilEpoch: null,
    onEpoch: () => Promise.resolve(),
  });
  const { inputs, inputWidth } = examples(test);
  const scores = runNetwork(tf, model, inputs, inputWidth);
  model.dispose();
  return scores;
}
