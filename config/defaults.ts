import type { TrainingPlan } from '../domain/project.ts';

export { defaultPolicy } from '../domain/default-policy.ts';

/** From a linear model upward, on what is recent, on all there is and on what is newest: a simpler model is often the answer. */
export const defaultTraining: TrainingPlan = {
  networks: [
    { name: 'linear', hiddenUnits: [], optimizer: 'adam', learningRate: 0.01, l2: 0 },
    { name: 'mlp-32', hiddenUnits: [32], optimizer: 'adam', learningRate: 0.003, l2: 1e-4 },
    { name: 'mlp-64-32', hiddenUnits: [64, 32], optimizer: 'adam', learningRate: 0.003, l2: 1e-4 },
  ],
  windows: ['recent', 'all', 'newest'],
  batchSize: 128,
  maxEpochs: 30,
  patience: 4,
  classWeights: false,
  seed: 1,
  buildModule: null,
};
