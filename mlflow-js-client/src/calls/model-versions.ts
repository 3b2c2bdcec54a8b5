import { z } from 'zod';
import { paginate } from '../http/paginate.ts';
import type { CallOptions, Transport } from '../http/transport.ts';
import { createWrite } from '../http/write.ts';
import { toRegistryTags } from '../limits.ts';
import type { Limits } from '../options.ts';
import { modelVersionAnswer, modelVersionSchema, pageOf, type ModelVersion } from '../schemas.ts';
import type { RegistrySearch } from './registered-models.ts';

export interface NewModelVersion {
  /** Of the registered model. */
  readonly name: string;
  /** `mlflow-artifacts:/…` or `runs:/<run>/…` of the run, or `models:/m-…` of the logged model. */
  readonly source: string;
  /** The run whose artifacts the source is among; wanted for every source but `models:`. */
  readonly runId?: string;
  readonly modelId?: string;
  readonly runLink?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface ModelVersions {
  /** Not safe to repeat: search by a tag of yours first. */
  create(version: NewModelVersion, options?: CallOptions): Promise<ModelVersion>;
  get(name: string, version: string, options?: CallOptions): Promise<ModelVersion>;
  search(search?: RegistrySearch, options?: CallOptions): AsyncGenerator<ModelVersion, void, undefined>;
  /** Where its files are. */
  getDownloadUri(name: string, version: string, options?: CallOptions): Promise<string>;
  update(name: string, version: string, change: { readonly description: string }, options?: CallOptions): Promise<void>;
  setTag(name: string, version: string, key: string, value: string, options?: CallOptions): Promise<void>;
  deleteTag(name: string, version: string, key: string, options?: CallOptions): Promise<void>;
  delete(name: string, version: string, options?: CallOptions): Promise<void>;
}

const uriSchema = z.object({ artifact_uri: z.string() });
const foundSchema = pageOf('model_versions', modelVersionSchema);

export function createModelVersions(transport: Transport, limits: Limits): ModelVersions {
  const { call } = transport;
  const write = createWrite(transport);
  return {
    async create({ name, source, runId, modelId, runLink, description, tags = {} }, options) {
      const body = {
        name,
        source,
        run_id: runId,
        model_id: modelId,
        run_link: runLink,
        description,
        tags: toRegistryTags(tags, limits),
      };
      const path = 'model-versions/create';
      return (await call({ method: 'POST', path, body, answer: modelVersionAnswer }, options)).model_version;
    },
    async get(name, version, options) {
      const query = { name, version };
      return (await call({ method: 'GET', path: 'model-versions/get', query, answer: modelVersionAnswer }, options))
        .model_version;
    },
    search: ({ filter, orderBy, pageSize = 100 } = {}, options) =>
      paginate(async (pageToken) => {
        const query = { filter, order_by: orderBy?.join(','), max_results: pageSize, page_token: pageToken };
        return await call({ method: 'GET', path: 'model-versions/search', query, answer: foundSchema }, options);
      }),
    async getDownloadUri(name, version, options) {
      const query = { name, version };
      const path = 'model-versions/get-download-uri';
      return (await call({ method: 'GET', path, query, answer: uriSchema }, options)).artifact_uri;
    },
    update: (name, version, { description }, options) =>
      write('PATCH', 'model-versions/update', { name, version, description }, options),
    async setTag(name, version, key, value, options) {
      toRegistryTags({ [key]: value }, limits);
      await write('POST', 'model-versions/set-tag', { name, version, key, value }, options);
    },
    deleteTag: (name, version, key, options) =>
      write('DELETE', 'model-versions/delete-tag', { name, version, key }, options),
    delete: (name, version, options) => write('DELETE', 'model-versions/delete', { name, version }, options),
  };
}
