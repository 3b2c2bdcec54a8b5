import { z } from 'zod';
import { isMlflowError } from '../errors.ts';
import { paginate } from '../http/paginate.ts';
import type { CallOptions, Transport } from '../http/transport.ts';
import { createWrite } from '../http/write.ts';
import { toRegistryTags } from '../limits.ts';
import type { Limits } from '../options.ts';
import {
  modelVersionAnswer,
  pageOf,
  registeredModelSchema,
  type ModelVersion,
  type RegisteredModel,
} from '../schemas.ts';

export interface RegistrySearch {
  /** e.g. `name = 'prices'` or `tags.stage = 'live'`; see `quoteFilterValue` */
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  /** @default 100 */
  readonly pageSize?: number;
}

export interface RegisteredModels {
  /** Rejects with RESOURCE_ALREADY_EXISTS. */
  create(
    model: { readonly name: string; readonly description?: string; readonly tags?: Readonly<Record<string, string>> },
    options?: CallOptions,
  ): Promise<RegisteredModel>;
  /** With its aliases and tags. Rejects with RESOURCE_DOES_NOT_EXIST. */
  get(name: string, options?: CallOptions): Promise<RegisteredModel>;
  /** Null where there is none. */
  find(name: string, options?: CallOptions): Promise<RegisteredModel | null>;
  search(search?: RegistrySearch, options?: CallOptions): AsyncGenerator<RegisteredModel, void, undefined>;
  update(name: string, change: { readonly description: string }, options?: CallOptions): Promise<void>;
  delete(name: string, options?: CallOptions): Promise<void>;
  setTag(name: string, key: string, value: string, options?: CallOptions): Promise<void>;
  deleteTag(name: string, key: string, options?: CallOptions): Promise<void>;
  /** Rejects with RESOURCE_DOES_NOT_EXIST where there is no such version. Of two at a time the last one counts; MLflow has no compare-and-swap. */
  setAlias(name: string, alias: string, version: string, options?: CallOptions): Promise<void>;
  deleteAlias(name: string, alias: string, options?: CallOptions): Promise<void>;
  /** Null where the alias names nothing; so does one whose version was deleted. */
  findByAlias(name: string, alias: string, options?: CallOptions): Promise<ModelVersion | null>;
}

const oneModel = z.object({ registered_model: registeredModelSchema });
const foundSchema = pageOf('registered_models', registeredModelSchema);

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  return await found.catch((error: unknown) => {
    if (isMlflowError(error, 'RESOURCE_DOES_NOT_EXIST')) return null;
    throw error;
  });
}

export function createRegisteredModels(transport: Transport, limits: Limits): RegisteredModels {
  const { call } = transport;
  const write = createWrite(transport);
  const get = async (name: string, options?: CallOptions): Promise<RegisteredModel> => {
    const got = await call(
      { method: 'GET', path: 'registered-models/get', query: { name }, answer: oneModel },
      options,
    );
    return got.registered_model;
  };
  return {
    async create({ name, description, tags = {} }, options) {
      const body = { name, description, tags: toRegistryTags(tags, limits) };
      const path = 'registered-models/create';
      return (await call({ method: 'POST', path, body, answer: oneModel }, options)).registered_model;
    },
    get,
    find: (name, options) => orNull(get(name, options)),
    search: ({ filter, orderBy, pageSize = 100 } = {}, options) =>
      paginate(async (pageToken) => {
        const query = { filter, order_by: orderBy?.join(','), max_results: pageSize, page_token: pageToken };
        return await call({ method: 'GET', path: 'registered-models/search', query, answer: foundSchema }, options);
      }),
    update: (name, { description }, options) =>
      write('PATCH', 'registered-models/update', { name, description }, options),
    delete: (name, options) => write('DELETE', 'registered-models/delete', { name }, options),
    async setTag(name, key, value, options) {
      toRegistryTags({ [key]: value }, limits);
      await write('POST', 'registered-models/set-tag', { name, key, value }, options);
    },
    deleteTag: (name, key, options) => write('DELETE', 'registered-models/delete-tag', { name, key }, options),
    setAlias: (name, alias, version, options) =>
      write('POST', 'registered-models/alias', { name, alias, version }, options),
    deleteAlias: (name, alias, options) => write('DELETE', 'registered-models/alias', { name, alias }, options),
    async findByAlias(name, alias, options) {
      const query = { name, alias };
      const path = 'registered-models/alias';
      const found = await orNull(call({ method: 'GET', path, query, answer: modelVersionAnswer }, options));
      return found?.model_version ?? null;
    },
  };
}
