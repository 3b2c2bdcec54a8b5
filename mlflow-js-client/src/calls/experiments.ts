import { z } from 'zod';
import { isMlflowError } from '../errors.ts';
import { paginate } from '../http/paginate.ts';
import type { CallOptions, Transport } from '../http/transport.ts';
import { createWrite } from '../http/write.ts';
import { toPairs } from '../limits.ts';
import { experimentSchema, pageOf, type Experiment } from '../schemas.ts';

export interface ExperimentSearch {
  /** e.g. `name LIKE 'prices%'` */
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly view?: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';
  /** @default 100 */
  readonly pageSize?: number;
}

export interface Experiments {
  /** The new experiment's id. Rejects with RESOURCE_ALREADY_EXISTS. */
  create(
    request: {
      readonly name: string;
      readonly artifactLocation?: string;
      readonly tags?: Readonly<Record<string, string>>;
    },
    options?: CallOptions,
  ): Promise<string>;
  /** Rejects with RESOURCE_DOES_NOT_EXIST. */
  get(experimentId: string, options?: CallOptions): Promise<Experiment>;
  /** Null where there is none of that name. A deleted one is found, too: look at its `lifecycleStage`. */
  findByName(name: string, options?: CallOptions): Promise<Experiment | null>;
  /** The experiment of that name, made where there is none; safe for any number at a time. */
  ensure(name: string, tags?: Readonly<Record<string, string>>, options?: CallOptions): Promise<Experiment>;
  search(search?: ExperimentSearch, options?: CallOptions): AsyncGenerator<Experiment, void, undefined>;
  setTag(experimentId: string, key: string, value: string, options?: CallOptions): Promise<void>;
  delete(experimentId: string, options?: CallOptions): Promise<void>;
  restore(experimentId: string, options?: CallOptions): Promise<void>;
}

const createdSchema = z.object({ experiment_id: z.string() });
const gotSchema = z.object({ experiment: experimentSchema });
const foundSchema = pageOf('experiments', experimentSchema);

export function createExperiments(transport: Transport): Experiments {
  const { call } = transport;
  const write = createWrite(transport);
  const experiments: Experiments = {
    async create({ name, artifactLocation, tags }, options) {
      const body = { name, artifact_location: artifactLocation, tags: toPairs(tags) };
      const answer = createdSchema;
      return (await call({ method: 'POST', path: 'experiments/create', body, answer }, options)).experiment_id;
    },
    async get(experimentId, options) {
      const query = { experiment_id: experimentId };
      return (await call({ method: 'GET', path: 'experiments/get', query, answer: gotSchema }, options)).experiment;
    },
    async findByName(name, options) {
      const query = { experiment_name: name };
      try {
        const path = 'experiments/get-by-name';
        return (await call({ method: 'GET', path, query, answer: gotSchema }, options)).experiment;
      } catch (error) {
        if (isMlflowError(error, 'RESOURCE_DOES_NOT_EXIST')) return null;
        throw error;
      }
    },
    async ensure(name, tags = {}, options = {}) {
      const known = await experiments.findByName(name, options);
      if (known !== null) return known;
      try {
        return await experiments.get(await experiments.create({ name, tags }, options), options);
      } catch (error) {
        // Somebody else made it meanwhile, or a try whose answer was lost.
        const made = await experiments.findByName(name, options);
        if (made === null) throw error;
        return made;
      }
    },
    search: ({ filter, orderBy, view, pageSize = 100 } = {}, options) =>
      paginate(async (pageToken) => {
        const body = { filter, order_by: orderBy, view_type: view, max_results: pageSize, page_token: pageToken };
        const path = 'experiments/search';
        return await call({ method: 'POST', path, body, answer: foundSchema, isRepeatable: true }, options);
      }),
    setTag: (experimentId, key, value, options) =>
      write('POST', 'experiments/set-experiment-tag', { experiment_id: experimentId, key, value }, options),
    delete: (experimentId, options) => write('POST', 'experiments/delete', { experiment_id: experimentId }, options),
    restore: (experimentId, options) => write('POST', 'experiments/restore', { experiment_id: experimentId }, options),
  };
  return experiments;
}
