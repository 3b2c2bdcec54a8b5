import { z } from 'zod';
import { paginate } from '../http/paginate.ts';
import type { CallOptions, Transport } from '../http/transport.ts';
import { createWrite } from '../http/write.ts';
import { toPairs } from '../limits.ts';
import { loggedModelSchema, pageOf, type LoggedModel } from '../schemas.ts';

export interface NewLoggedModel {
  readonly experimentId: string;
  readonly name?: string;
  readonly sourceRunId?: string;
  readonly modelType?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface LoggedModelSearch {
  readonly experimentIds: readonly string[];
  readonly filter?: string;
  /** @default 50 */
  readonly pageSize?: number;
}

/** Models as MLflow 3 has them, between a run and a registered version. Older servers reject with ENDPOINT_NOT_FOUND. */
export interface LoggedModels {
  /** Not safe to repeat: search by a tag of yours first. */
  create(model: NewLoggedModel, options?: CallOptions): Promise<LoggedModel>;
  get(modelId: string, options?: CallOptions): Promise<LoggedModel>;
  /** Says that its files are all there, or that they won't come. */
  finalize(
    modelId: string,
    status: 'LOGGED_MODEL_READY' | 'LOGGED_MODEL_UPLOAD_FAILED',
    options?: CallOptions,
  ): Promise<LoggedModel>;
  setTags(modelId: string, tags: Readonly<Record<string, string>>, options?: CallOptions): Promise<void>;
  delete(modelId: string, options?: CallOptions): Promise<void>;
  search(search: LoggedModelSearch, options?: CallOptions): AsyncGenerator<LoggedModel, void, undefined>;
}

const oneModel = z.object({ model: loggedModelSchema });
const foundSchema = pageOf('models', loggedModelSchema);

export function createLoggedModels(transport: Transport): LoggedModels {
  const { call } = transport;
  const write = createWrite(transport);
  const pathOf = (modelId: string): string => `logged-models/${encodeURIComponent(modelId)}`;
  return {
    async create({ experimentId, name, sourceRunId, modelType, params, tags }, options) {
      const body = {
        experiment_id: experimentId,
        name,
        source_run_id: sourceRunId,
        model_type: modelType,
        params: toPairs(params),
        tags: toPairs(tags),
      };
      return (await call({ method: 'POST', path: 'logged-models', body, answer: oneModel }, options)).model;
    },
    async get(modelId, options) {
      return (await call({ method: 'GET', path: pathOf(modelId), answer: oneModel }, options)).model;
    },
    async finalize(modelId, status, options) {
      const body = { model_id: modelId, status };
      const patch = { method: 'PATCH', path: pathOf(modelId), body, answer: oneModel, isRepeatable: true } as const;
      return (await call(patch, options)).model;
    },
    setTags: (modelId, tags, options) =>
      write('PATCH', `${pathOf(modelId)}/tags`, { model_id: modelId, tags: toPairs(tags) }, options),
    delete: (modelId, options) => write('DELETE', pathOf(modelId), undefined, options),
    search: ({ experimentIds, filter, pageSize = 50 }, options) =>
      paginate(async (pageToken) => {
        const body = { experiment_ids: experimentIds, filter, max_results: pageSize, page_token: pageToken };
        const path = 'logged-models/search';
        return await call({ method: 'POST', path, body, answer: foundSchema, isRepeatable: true }, options);
      }),
  };
}
