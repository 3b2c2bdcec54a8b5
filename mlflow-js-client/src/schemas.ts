import { z } from 'zod';
import type { Page } from './http/paginate.ts';
import { fromWire } from './numbers.ts';

/** int64 arrives as a number, from some gateways as a string. */
const int64 = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);
/** Of fields that are left out when empty. */
const text = z.string().default('');
/** Of a model's version; some servers write it as a number. */
const versionNumber = z.union([z.string(), z.number().transform(String)]);
const wireNumber = z.union([z.number(), z.literal(['NaN', 'Infinity', '-Infinity'])]).transform(fromWire);

/** Pairs of key and value, as a record. Empty arrays are left out. */
const pairs = z
  .array(z.object({ key: z.string(), value: text }))
  .default([])
  .transform(
    (list) => Object.fromEntries(list.map(({ key, value }) => [key, value])) as Readonly<Record<string, string>>,
  );

/** A page of a list, as `paginate` takes it. */
export function pageOf<S extends z.ZodType>(name: string, item: S): z.ZodType<Page<z.output<S>>> {
  const shape = { [name]: z.array(item).default([]), next_page_token: z.string().optional() };
  return z.object(shape).transform((page) => ({
    items: page[name] as readonly z.output<S>[],
    nextPageToken: page['next_page_token'] as string | undefined,
  }));
}

const lifecycleStage = z.enum(['active', 'deleted']).catch('active');

export const experimentSchema = z
  .object({
    experiment_id: z.string(),
    name: z.string(),
    artifact_location: text,
    lifecycle_stage: lifecycleStage,
    tags: pairs,
  })
  .transform((one) => ({
    experimentId: one.experiment_id,
    name: one.name,
    artifactLocation: one.artifact_location,
    lifecycleStage: one.lifecycle_stage,
    tags: one.tags,
  }));
export type Experiment = z.output<typeof experimentSchema>;

export const metricSchema = z.object({
  key: z.string(),
  /** May be NaN or infinite. */
  value: wireNumber.default(0),
  /** Milliseconds since the epoch. */
  timestamp: int64.default(0),
  step: int64.default(0),
});
export type Metric = z.output<typeof metricSchema>;

/** As nearly all are, and tried first: what may also be a word or a text costs several times as much to read. */
const plainMetric = metricSchema.extend({
  value: z.number().gt(-Number.MAX_VALUE).lt(Number.MAX_VALUE).default(0),
  timestamp: z.number().default(0),
  step: z.number().default(0),
});
const metricList = z.union([z.array(plainMetric), z.array(metricSchema)]);

const runStatus = z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']);
export type RunStatus = z.output<typeof runStatus>;

const datasetInputSchema = z.object({
  tags: pairs,
  dataset: z
    .object({
      name: z.string(),
      digest: z.string(),
      source_type: text,
      source: text,
      schema: text,
      profile: text,
    })
    .transform(({ source_type, ...rest }) => ({ ...rest, sourceType: source_type })),
});
export type DatasetInput = z.output<typeof datasetInputSchema>;

export const runSchema = z
  .object({
    info: z.object({
      run_id: z.string(),
      run_name: text,
      experiment_id: z.string(),
      status: runStatus,
      start_time: int64.default(0),
      end_time: int64.optional(),
      artifact_uri: text,
      lifecycle_stage: lifecycleStage,
    }),
    data: z
      .object({ metrics: metricList.default([]), params: pairs, tags: pairs })
      .default({ metrics: [], params: {}, tags: {} }),
    inputs: z.object({ dataset_inputs: z.array(datasetInputSchema).default([]) }).default({ dataset_inputs: [] }),
    outputs: z
      .object({ model_outputs: z.array(z.object({ model_id: z.string(), step: int64.default(0) })).default([]) })
      .default({ model_outputs: [] }),
  })
  .transform(({ info, data, inputs, outputs }) => ({
    runId: info.run_id,
    name: info.run_name,
    experimentId: info.experiment_id,
    status: info.status,
    /** Milliseconds since the epoch. */
    startTime: info.start_time,
    /** Null while it runs. */
    endTime: info.end_time === undefined || info.end_time === 0 ? null : info.end_time,
    artifactUri: info.artifact_uri,
    lifecycleStage: info.lifecycle_stage,
    /** The last value of each. */
    metrics: data.metrics,
    params: data.params,
    tags: data.tags,
    datasets: inputs.dataset_inputs,
    modelIds: outputs.model_outputs.map(({ model_id }) => model_id),
  }));
export type Run = z.output<typeof runSchema>;

export const fileInfoSchema = z
  .object({ path: z.string(), is_dir: z.boolean().default(false), file_size: int64.optional() })
  .transform((one) => ({ path: one.path, isDirectory: one.is_dir, bytes: one.file_size ?? null }));
export type FileInfo = z.output<typeof fileInfoSchema>;

export const loggedModelSchema = z
  .object({
    info: z.object({
      model_id: z.string(),
      experiment_id: z.string(),
      name: text,
      artifact_uri: text,
      status: z.string().default('LOGGED_MODEL_STATUS_UNSPECIFIED'),
      source_run_id: text,
      model_type: text,
      tags: pairs,
    }),
    data: z.object({ params: pairs }).default({ params: {} }),
  })
  .transform(({ info, data }) => ({
    modelId: info.model_id,
    experimentId: info.experiment_id,
    name: info.name,
    artifactUri: info.artifact_uri,
    /** LOGGED_MODEL_PENDING, LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED. */
    status: info.status.startsWith('LOGGED_MODEL_') ? info.status : `LOGGED_MODEL_${info.status}`,
    sourceRunId: info.source_run_id,
    modelType: info.model_type,
    tags: info.tags,
    params: data.params,
  }));
export type LoggedModel = z.output<typeof loggedModelSchema>;

export const modelVersionSchema = z
  .object({
    name: z.string(),
    version: versionNumber,
    creation_timestamp: int64.default(0),
    description: text,
    source: text,
    run_id: text,
    run_link: text,
    model_id: text,
    status: z.enum(['PENDING_REGISTRATION', 'FAILED_REGISTRATION', 'READY']).default('READY'),
    status_message: text,
    tags: pairs,
    aliases: z.array(z.string()).default([]),
  })
  .transform((one) => ({
    name: one.name,
    version: one.version,
    /** Milliseconds since the epoch. */
    creationTime: one.creation_timestamp,
    description: one.description,
    source: one.source,
    runId: one.run_id,
    runLink: one.run_link,
    /** Empty where the version was not made from a logged model. */
    modelId: one.model_id,
    status: one.status,
    statusMessage: one.status_message,
    tags: one.tags,
    /** Empty in answers of a search: ask for the registered model, or the version. */
    aliases: one.aliases,
  }));
export type ModelVersion = z.output<typeof modelVersionSchema>;
export const modelVersionAnswer = z.object({ model_version: modelVersionSchema });

export const registeredModelSchema = z
  .object({
    name: z.string(),
    creation_timestamp: int64.default(0),
    description: text,
    tags: pairs,
    aliases: z.array(z.object({ alias: z.string(), version: versionNumber })).default([]),
  })
  .transform((one) => ({
    name: one.name,
    creationTime: one.creation_timestamp,
    description: one.description,
    tags: one.tags,
    /** Version by alias. */
    aliases: Object.fromEntries(one.aliases.map(({ alias, version }) => [alias, version])) as Readonly<
      Record<string, string>
    >,
  }));
export type RegisteredModel = z.output<typeof registeredModelSchema>;

const webhookEventSchema = z.object({ entity: z.string(), action: z.string() });

export const webhookSchema = z
  .object({
    webhook_id: z.string(),
    name: z.string(),
    description: text,
    url: z.string(),
    events: z.array(webhookEventSchema).default([]),
    status: z.enum(['ACTIVE', 'DISABLED']).default('ACTIVE'),
  })
  .transform(({ webhook_id, ...rest }) => ({ webhookId: webhook_id, ...rest }));
export type Webhook = z.output<typeof webhookSchema>;
