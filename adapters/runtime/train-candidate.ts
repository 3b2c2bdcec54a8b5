import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { createRng } from '../../domain/math/rng.ts';
import type { Task } from '../../domain/task.ts';
import { applyPreprocessing } from '../../domain/preprocessing/apply.ts';
import { unscalePredictions } from '../../domain/preprocessing/label-scale.ts';
import { tableFromFeatureRows } from '../data/feature-rows.ts';
import type { EpochReport, TrainedCandidate, TrainingJob } from '../ports/model-runtime.ts';
import { writeValidationLosses } from '../packages/validation-losses.ts';
import { borrowWeights } from './borrow-weights.ts';
import { buildNetwork } from './build-network.ts';
import { fingerprintOf, readCheckpoint, writeCheckpoint, type TrainingState } from './checkpoint.ts';
import type { ExampleSource } from './example-source.ts';
import { fitNetwork, type Fitted } from './fit-network.ts';
import { toOutputRows, type Golden } from './golden.ts';
import { loadTensorflow, tensorflowVersion, type Tensorflow } from './load-tensorflow.ts';
import { writePackage } from './model-package.ts';
import { rowLosses } from './losses.ts';
import { runNetwork } from './network.ts';
import { openExamples, type OpenedExamples } from './open-examples.ts';
import type { SnapshotRows } from './protocol.ts';
import { seedMathRandom, type RepeatableRandom } from './repeatable-random.ts';
import type { SharedExamples } from './write-examples.ts';

export interface CandidateOptions {
  readonly resumeFrom: string | null;
  /** Examples up to this size are held in memory; larger ones are streamed. */
  readonly memoryMb: number;
  /** The examples are on disk, for any candidate. */
  readonly onPrepared: () => Promise<void>;
  readonly onEpoch: (report: EpochReport) => Promise<void>;
}

/** Trains a job's candidate in this process and writes its model package. */
export async function trainCandidate(
  job: TrainingJob,
  rows: SnapshotRows,
  options: CandidateOptions,
): Promise<TrainedCandidate> {
  await mkdir(job.workDirectory, { recursive: true });
  const examples = await openExamples(job, rows, options.memoryMb);
  try {
    await options.onPrepared();
    const tf = loadTensorflow();
    const random = seedMathRandom(job.seed);
    const fitted = await fitCandidate(tf, job, examples, { ...options, random });
    const { model, state, beganAtMs, isDone, scratchReason } = fitted;
    try {
      const packed = await packCandidate(tf, job, examples, { model, state });
      return { ...packed, beganAtMs, scratchReason, checkpoint: isDone ? null : checkpointOf(job) };
    } finally {
      // A process that trains again and again would fill up.
      model.dispose();
    }
  } finally {
    examples.release();
  }
}

function checkpointOf({ workDirectory }: TrainingJob): string {
  return join(workDirectory, 'checkpoint.bin');
}

interface FitOptions extends CandidateOptions {
  readonly random: RepeatableRandom;
}

async function fitCandidate(
  tf: Tensorflow,
  job: TrainingJob,
  { about, train, validation }: OpenedExamples,
  { random, resumeFrom, onEpoch }: FitOptions,
): Promise<Fitted & { readonly model: LayersModel; readonly scratchReason: string | null }> {
  const { task, candidate: spec } = job;
  const rng = createRng(job.seed);
  const shape = { task, inputs: about.inputWidth, outputs: about.targetWidth };
  const model = await buildNetwork(tf, spec, shape, rng);
  const { startPackage = null } = job;
  const scratchReason =
    startPackage === null ? null : await borrowWeights(tf, model, about.preprocessing.features, startPackage);
  const fingerprint = fingerprintOf(job);
  const checkpoint = checkpointOf(job);
  const fitted = await fitNetwork({
    tf,
    model,
    task,
    spec,
    train,
    validation,
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
}

async function packCandidate(
  tf: Tensorflow,
  job: TrainingJob,
  { about, validation, streamedMb }: OpenedExamples,
  { model, state }: Trained,
): Promise<Omit<TrainedCandidate, 'beganAtMs' | 'checkpoint' | 'scratchReason'>> {
  const { task, snapshot, candidate } = job;
  const { preprocessing } = about;
  const parameters = model.countParams();
  const packageDirectory = join(job.workDirectory, 'package');
  await writeValidationLosses(packageDirectory, lossesOn(tf, task, model, validation));
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
    golden: makeGolden(tf, model, about, job),
    training: { ...describeTraining(tf, job, state), streamedMb },
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
function lossesOn(tf: Tensorflow, task: Task, model: LayersModel, validation: ExampleSource): Float64Array {
  const losses = new Float64Array(validation.rowCount);
  let at = 0;
  for (const { rowCount, inputs, inputWidth, targets, targetWidth: width } of validation.inOrder()) {
    losses.set(rowLosses({ task, width, outputs: runNetwork(tf, model, inputs, inputWidth), targets }), at);
    at += rowCount;
  }
  return losses;
}

function makeGolden(
  tf: Tensorflow,
  model: LayersModel,
  { preprocessing: { features, label }, goldenRows: rows, targetWidth }: SharedExamples,
  { snapshot: { schema } }: TrainingJob,
): Golden {
  const { values, width } = applyPreprocessing(features, tableFromFeatureRows(schema, rows));
  const outputs = unscalePredictions(label, runNetwork(tf, model, values, width));
  return { rows, outputs: toOutputRows({ width: targetWidth, values: outputs }) };
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
