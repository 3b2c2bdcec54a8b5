import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { createRng } from '../../domain/math/rng.ts';
import { applyPreprocessing } from '../../domain/preprocessing/apply.ts';
import { fitPreprocessing } from '../../domain/preprocessing/fit.ts';
import { fitLabelScale, unscalePredictions } from '../../domain/preprocessing/label-scale.ts';
import { tableFromFeatureRows } from '../data/feature-rows.ts';
import type { EpochReport, TrainedCandidate, TrainingJob } from '../ports/model-runtime.ts';
import { writeValidationLosses } from '../packages/validation-losses.ts';
import type { LabelledRows } from '../ports/store.ts';
import { borrowWeights } from './borrow-weights.ts';
import { buildNetwork } from './build-network.ts';
import { fingerprintOf, readCheckpoint, writeCheckpoint, type TrainingState } from './checkpoint.ts';
import { checkRows, outputWidthOf, toExamples, weighClasses } from './examples.ts';
import { fitNetwork, type Fitted } from './fit-network.ts';
import { pickGoldenRows, toOutputRows, type Golden } from './golden.ts';
import { loadTensorflow, tensorflowVersion, type Tensorflow } from './load-tensorflow.ts';
import { writePackage, type PackagedPreprocessing } from './model-package.ts';
import { rowLosses } from './losses.ts';
import { runNetwork } from './network.ts';
import type { SnapshotRows } from './protocol.ts';
import { seedMathRandom, type RepeatableRandom } from './repeatable-random.ts';

export interface CandidateOptions {
  readonly resumeFrom: string | null;
  readonly onEpoch: (report: EpochReport) => Promise<void>;
}

interface Parts {
  readonly train: LabelledRows;
  readonly validation: LabelledRows;
}

/** Trains a job's candidate in this process and writes its model package. */
export async function trainCandidate(
  job: TrainingJob,
  rows: SnapshotRows,
  options: CandidateOptions,
): Promise<TrainedCandidate> {
  await mkdir(job.workDirectory, { recursive: true });
  const parts = await readParts(job, rows);
  const tf = loadTensorflow();
  const random = seedMathRandom(job.seed);
  const preprocessing = learnPreprocessing(job, parts.train);
  const { model, state, beganAtMs, isDone, scratchReason } = await fitCandidate(tf, job, parts, {
    ...options,
    preprocessing,
    random,
  });
  try {
    const packed = await packCandidate(tf, job, parts.validation, { model, state, preprocessing });
    return { ...packed, beganAtMs, scratchReason, checkpoint: isDone ? null : checkpointOf(job) };
  } finally {
    // A process that trains again and again would fill up.
    model.dispose();
  }
}

async function readParts({ snapshot, train, validation }: TrainingJob, rows: SnapshotRows): Promise<Parts> {
  const parts = {
    train: await rows.readSnapshot(snapshot, train),
    validation: await rows.readSnapshot(snapshot, validation),
  };
  checkRows('training', train, parts.train, snapshot.schema);
  checkRows('validation', validation, parts.validation, snapshot.schema);
  return parts;
}

function learnPreprocessing({ task, snapshot }: TrainingJob, { table, labels }: LabelledRows): PackagedPreprocessing {
  return {
    features: fitPreprocessing(table, snapshot.schema, { from: 0, to: table.rowCount }),
    label: fitLabelScale(task, labels),
  };
}

function checkpointOf({ workDirectory }: TrainingJob): string {
  return join(workDirectory, 'checkpoint.bin');
}

interface FitOptions extends CandidateOptions {
  readonly preprocessing: PackagedPreprocessing;
  readonly random: RepeatableRandom;
}

async function fitCandidate(
  tf: Tensorflow,
  job: TrainingJob,
  { train, validation }: Parts,
  { preprocessing, random, resumeFrom, onEpoch }: FitOptions,
): Promise<Fitted & { readonly model: LayersModel; readonly scratchReason: string | null }> {
  const { task, candidate: spec } = job;
  const { schema } = job.snapshot;
  const rng = createRng(job.seed);
  const shape = { task, inputs: preprocessing.features.width, outputs: outputWidthOf(schema.classes) };
  const model = await buildNetwork(tf, spec, shape, rng);
  const { startPackage = null } = job;
  const scratchReason =
    startPackage === null ? null : await borrowWeights(tf, model, preprocessing.features, startPackage);
  const fingerprint = fingerprintOf(job);
  const checkpoint = checkpointOf(job);
  const examples = (part: LabelledRows) => toExamples(part, preprocessing.features, preprocessing.label, schema);
  const fitted = await fitNetwork({
    tf,
    model,
    task,
    spec,
    train: examples(train),
    rowWeights: weighClasses(train.labels, schema, spec.classWeights),
    validation: examples(validation),
    rng,
    random,
    resume: await readCheckpoint(resumeFrom, fingerprint),
    untilEpoch: job.untilEpoch ?? null,
    onEpoch: async (reached) => {
      await writeCheckpoint(checkpoint, fingerprint, reached);
      await onEpoch({ ...reached.losses.at(-1)!, maxEpochs: spec.maxEpochs, checkpoint });
    },
  });
  return { model, scratchReason, ...fitted };
}

interface Trained {
  readonly model: LayersModel;
  readonly state: TrainingState;
  readonly preprocessing: PackagedPreprocessing;
}

async function packCandidate(
  tf: Tensorflow,
  job: TrainingJob,
  validation: LabelledRows,
  { model, state, preprocessing }: Trained,
): Promise<Omit<TrainedCandidate, 'beganAtMs' | 'checkpoint' | 'scratchReason'>> {
  const { task, snapshot, candidate } = job;
  const parameters = model.countParams();
  const packageDirectory = join(job.workDirectory, 'package');
  await writeValidationLosses(packageDirectory, lossesOn(tf, job, validation, { model, preprocessing }));
  const weightsSha256 = await writePackage(tf, packageDirectory, model, {
    signature: {
      task,
      schema: snapshot.schema,
      snapshotId: snapshot.id,
      lastKey: snapshot.lastKey,
      candidateId: candidate.id,
      parameters,
    },
    preprocessing,
    golden: makeGolden(tf, model, preprocessing, job, validation),
    training: describeTraining(tf, job, state),
  });
  return {
    candidateId: candidate.id,
    packageDirectory,
    parameters,
    epochs: state.losses.length,
    bestEpoch: bestEpochOf(state),
    trainSeconds: state.seconds,
    // In the label's own unit: candidates of different windows scale it differently.
    validationLoss: state.bestLoss * (preprocessing.label?.sd ?? 1) ** 2,
    weightsSha256,
  };
}

function bestEpochOf({ losses, bestLoss }: TrainingState): number {
  return losses.find(({ validationLoss }) => validationLoss === bestLoss)?.epoch ?? losses.length;
}

/** What the candidate's mean validation loss is the mean of. */
function lossesOn(
  tf: Tensorflow,
  { task, snapshot }: TrainingJob,
  validation: LabelledRows,
  { model, preprocessing }: Pick<Trained, 'model' | 'preprocessing'>,
): Float64Array {
  const examples = toExamples(validation, preprocessing.features, preprocessing.label, snapshot.schema);
  const outputs = runNetwork(tf, model, examples.inputs, examples.inputWidth);
  return rowLosses({ task, width: examples.targetWidth, outputs, targets: examples.targets });
}

function makeGolden(
  tf: Tensorflow,
  model: LayersModel,
  { features, label }: PackagedPreprocessing,
  { snapshot: { schema } }: TrainingJob,
  { table }: LabelledRows,
): Golden {
  const rows = pickGoldenRows(schema, table);
  const { values, width } = applyPreprocessing(features, tableFromFeatureRows(schema, rows));
  const outputs = unscalePredictions(label, runNetwork(tf, model, values, width));
  return { rows, outputs: toOutputRows({ width: outputWidthOf(schema.classes), values: outputs }) };
}

function describeTraining(tf: Tensorflow, job: TrainingJob, { losses, bestLoss }: TrainingState) {
  const { snapshot, train, validation, seed, candidate } = job;
  return {
    snapshotId: snapshot.id,
    train,
    validation,
    seed,
    // A path is this machine's own.
    candidate: { ...candidate, buildModule: candidate.buildModule === null ? null : basename(candidate.buildModule) },
    tfjsVersion: tf.version.tfjs,
    tensorflowVersion: tensorflowVersion(tf),
    threads: Number(process.env.TF_NUM_INTRAOP_THREADS ?? availableParallelism()),
    losses,
    bestValidationLoss: bestLoss,
  };
}
