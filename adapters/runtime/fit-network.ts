import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Rng } from '../../domain/math/rng.ts';
import { createRng } from '../../domain/math/rng.ts';
import type { Task } from '../../domain/task.ts';
import type { CandidateSpec } from '../ports/model-runtime.ts';
import type { EpochLosses, TrainingState } from './checkpoint.ts';
import type { ExampleSource } from './example-source.ts';
import type { Tensorflow } from './load-tensorflow.ts';
import { findImprobable, meanLoss, type Answers } from './losses.ts';
import { readWeights, runNetwork, writeWeights } from './network.ts';
import { createOptimizerState } from './optimizer.ts';
import type { RepeatableRandom } from './repeatable-random.ts';
import { trainEpoch } from './train-epoch.ts';
import { TrainingError } from './training-error.ts';

export interface Fit {
  readonly tf: Tensorflow;
  readonly model: LayersModel;
  readonly task: Task;
  readonly spec: CandidateSpec;
  readonly train: ExampleSource;
  readonly validation: ExampleSource;
  /** Shuffles the rows of each epoch. */
  readonly rng: Rng;
  readonly random: RepeatableRandom;
  readonly resume: TrainingState | null;
  /** Stop after this epoch even where training would go on; null doesn't. */
  readonly untilEpoch: number | null;
  readonly onEpoch: (state: TrainingState) => Promise<void>;
}

export interface Fitted {
  readonly state: TrainingState;
  /** Wall-clock time of the first step, ms since the epoch; of this attempt where training went on from a checkpoint. */
  readonly beganAtMs: number;
  /** False where `untilEpoch` interrupted it. */
  readonly isDone: boolean;
}

/** Trains until validation has not got better for `patience` epochs; leaves the best weights in the network. */
export async function fitNetwork(fit: Fit): Promise<Fitted> {
  const { tf, model, spec, resume, untilEpoch } = fit;
  let state = resume ?? firstState(fit);
  writeWeights(tf, model, state.weights);
  fit.random.restore(state.unseeded);
  const rng = createRng(state.shuffling);
  const beganAtMs = Date.now();
  while (!isDone(state, spec) && state.losses.length < (untilEpoch ?? Number.POSITIVE_INFINITY)) {
    state = await nextState(fit, state, rng);
    await fit.onEpoch(state);
  }
  writeWeights(tf, model, state.bestWeights);
  return { state, beganAtMs, isDone: isDone(state, spec) };
}

function isDone({ losses, epochsSinceBest }: TrainingState, { maxEpochs, patience }: CandidateSpec): boolean {
  return losses.length >= maxEpochs || epochsSinceBest >= Math.max(1, patience);
}

function firstState(fit: Fit): TrainingState {
  const { model, rng, random } = fit;
  // Before training, because training can drive the outputs of a wrong last layer into the right range on these rows.
  validationLossOf(fit);
  const weights = readWeights(model);
  return {
    weights,
    optimizer: createOptimizerState(model.trainableWeights.map((weight) => weight.read().dataSync<'float32'>())),
    shuffling: rng.state(),
    unseeded: random.state(),
    losses: [],
    bestWeights: weights,
    bestLoss: Number.POSITIVE_INFINITY,
    epochsSinceBest: 0,
    seconds: 0,
  };
}

async function nextState(fit: Fit, before: TrainingState, rng: Rng): Promise<TrainingState> {
  const { tf, model, task, spec, train } = fit;
  const { optimizer } = before;
  const startedMs = performance.now();
  const trainLoss = await trainEpoch({ tf, model, task, spec, optimizer }, train, rng);
  const losses = { epoch: before.losses.length + 1, trainLoss, validationLoss: validationLossOf(fit) };
  refuseDivergence(losses, spec);
  const weights = readWeights(model);
  const better = losses.validationLoss < before.bestLoss;
  return {
    weights,
    optimizer,
    shuffling: rng.state(),
    unseeded: fit.random.state(),
    losses: [...before.losses, losses],
    bestWeights: better ? weights : before.bestWeights,
    bestLoss: better ? losses.validationLoss : before.bestLoss,
    epochsSinceBest: better ? 0 : before.epochsSinceBest + 1,
    seconds: before.seconds + (performance.now() - startedMs) / 1_000,
  };
}

function validationLossOf(fit: Fit): number {
  return meanLoss(answersTo(fit));
}

function* answersTo({ tf, model, task, spec, validation }: Fit): Iterable<Answers> {
  for (const { inputs, inputWidth, targets, targetWidth: width } of validation.inOrder()) {
    const outputs = runNetwork(tf, model, inputs, inputWidth);
    const improbable = task === 'regression' ? null : findImprobable(outputs, width);
    if (improbable !== null) {
      const remedy = `end it in a ${task === 'binary' ? 'sigmoid' : 'softmax'}`;
      throw new TrainingError('build-failed', `The network of candidate "${spec.id}" gives ${improbable}: ${remedy}`);
    }
    yield { task, width, outputs, targets };
  }
}

function refuseDivergence(
  { epoch, trainLoss, validationLoss }: EpochLosses,
  { id, learningRate }: CandidateSpec,
): void {
  if (Number.isFinite(trainLoss) && Number.isFinite(validationLoss)) return;
  const remedy = `lower its learning rate (now ${learningRate})`;
  throw new TrainingError(
    'diverged',
    `The loss of candidate "${id}" is no number any more in epoch ${epoch}: ${remedy}`,
  );
}
