import { z } from 'zod';
import type { Artifacts } from '../artifacts/artifacts.ts';
import { paginate } from '../http/paginate.ts';
import type { CallOptions, Transport } from '../http/transport.ts';
import { createWrite } from '../http/write.ts';
import { checkValue, toPairs } from '../limits.ts';
import type { Limits } from '../options.ts';
import { metricSchema, pageOf, runSchema, type Metric, type Run, type RunStatus } from '../schemas.ts';
import { logBatch, type LogBatchOptions, type RunBatch } from './log-batch.ts';

export interface NewRun {
  readonly experimentId: string;
  readonly name?: string;
  /** Milliseconds since the epoch. */
  readonly startTime?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface RunSearch {
  readonly experimentIds: readonly string[];
  /** e.g. `tags.decision = 'a-1' and metrics.loss < 0.5`; see `quoteFilterValue` */
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly view?: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';
  /** @default 100 */
  readonly pageSize?: number;
}

export interface NewDatasetInput {
  readonly name: string;
  /** At most 36 characters: a SHA-256 doesn't fit; keep the whole of it in `source`. */
  readonly digest: string;
  readonly sourceType: string;
  /** Where the data are, by custom a JSON text. */
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
  /** Shown as the input's purpose, e.g. `training`. */
  readonly context?: string;
}

export interface Runs {
  /** Not safe to repeat: search by a tag of yours first. */
  create(run: NewRun, options?: CallOptions): Promise<Run>;
  get(runId: string, options?: CallOptions): Promise<Run>;
  update(
    runId: string,
    change: { readonly status?: RunStatus; readonly endTime?: number; readonly name?: string },
    options?: CallOptions,
  ): Promise<void>;
  delete(runId: string, options?: CallOptions): Promise<void>;
  search(search: RunSearch, options?: CallOptions): AsyncGenerator<Run, void, undefined>;
  logBatch(runId: string, batch: RunBatch, options?: LogBatchOptions): Promise<void>;
  logInputs(runId: string, datasets: readonly NewDatasetInput[], options?: CallOptions): Promise<void>;
  /** Links logged models to the run that made them (MLflow 3). */
  logOutputs(
    runId: string,
    models: readonly { readonly modelId: string; readonly step?: number }[],
    options?: CallOptions,
  ): Promise<void>;
  metricHistory(runId: string, key: string, options?: CallOptions): AsyncGenerator<Metric, void, undefined>;
}

const oneRun = z.object({ run: runSchema });
const foundSchema = pageOf('runs', runSchema);
const historySchema = pageOf('metrics', metricSchema);
/** The most that one page of a metric's history holds. */
const historyPageSize = 25_000;

export function createRuns(transport: Transport, artifacts: Artifacts, limits: Limits): Runs {
  const { call } = transport;
  const write = createWrite(transport);
  const getRun = async (runId: string, options?: CallOptions): Promise<Run> =>
    (await call({ method: 'GET', path: 'runs/get', query: { run_id: runId }, answer: oneRun }, options)).run;
  return {
    async create({ experimentId, name, startTime = Date.now(), tags }, options) {
      const body = { experiment_id: experimentId, run_name: name, start_time: startTime, tags: toPairs(tags) };
      return (await call({ method: 'POST', path: 'runs/create', body, answer: oneRun }, options)).run;
    },
    get: getRun,
    update: (runId, { status, endTime, name }, options) =>
      write('POST', 'runs/update', { run_id: runId, status, end_time: endTime, run_name: name }, options),
    delete: (runId, options) => write('POST', 'runs/delete', { run_id: runId }, options),
    search: ({ experimentIds, filter, orderBy, view, pageSize = 100 }, options) =>
      paginate(async (pageToken) => {
        const body = {
          experiment_ids: experimentIds,
          filter,
          order_by: orderBy,
          run_view_type: view,
          max_results: pageSize,
          page_token: pageToken,
        };
        const path = 'runs/search';
        return await call({ method: 'POST', path, body, answer: foundSchema, isRepeatable: true }, options);
      }),
    logBatch: (runId, batch, options) => logBatch({ write, limits, artifacts, getRun }, runId, batch, options),
    async logInputs(runId, datasets, options) {
      const body = { run_id: runId, datasets: datasets.map((one) => toDatasetInput(one, limits)) };
      await write('POST', 'runs/log-inputs', body, options);
    },
    async logOutputs(runId, models, options) {
      const body = { run_id: runId, models: models.map(({ modelId, step = 0 }) => ({ model_id: modelId, step })) };
      await write('POST', 'runs/outputs', body, options);
    },
    metricHistory: (runId, key, options) =>
      paginate(async (pageToken) => {
        const query = { run_id: runId, metric_key: key, max_results: historyPageSize, page_token: pageToken };
        const path = 'metrics/get-history';
        return await call({ method: 'GET', path, query, answer: historySchema }, options);
      }),
  };
}

function toDatasetInput(input: NewDatasetInput, { datasetDigestLength }: Limits) {
  const { context, sourceType, ...dataset } = input;
  const advice = 'cut it, and keep the whole of it in `source`';
  checkValue('the digest of dataset', input.name, input.digest, datasetDigestLength, advice);
  return {
    tags: context === undefined ? [] : [{ key: 'mlflow.data.context', value: context }],
    dataset: { ...dataset, source_type: sourceType },
  };
}
