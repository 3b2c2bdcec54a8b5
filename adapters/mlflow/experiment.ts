import type { Experiment } from 'mlflow-js-client';
import { isModelName } from '../files/names.ts';
import { TrackingError } from '../ports/tracking.ts';
import type { MlflowConnection } from './connection.ts';
import { tagNames } from './tags.ts';

/** The experiment of a model, made where there is none, restored where somebody deleted it: what is told must have a place. */
export async function ensureExperiment({ client, prefix }: MlflowConnection, model: string): Promise<Experiment> {
  if (!isModelName(model)) {
    throw new TrackingError('name-invalid', `"${model}" is no model name: lower-case letters, digits and "-" only`);
  }
  const experiment = await client.experiments.ensure(`${prefix}${model}`, { [tagNames.managed]: 'true' });
  if (experiment.lifecycleStage === 'deleted') await client.experiments.restore(experiment.experimentId);
  return experiment;
}
