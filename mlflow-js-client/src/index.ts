export type { ArtifactContent, Artifacts, TransferOptions } from './artifacts/artifacts.ts';
export type { Transferred } from './artifacts/transfer.ts';
export type { Experiments, ExperimentSearch } from './calls/experiments.ts';
export type { LogBatchOptions, RunBatch } from './calls/log-batch.ts';
export type { LoggedModels, LoggedModelSearch, NewLoggedModel } from './calls/logged-models.ts';
export type { ModelVersions, NewModelVersion } from './calls/model-versions.ts';
export type { RegisteredModels, RegistrySearch } from './calls/registered-models.ts';
export type { NewDatasetInput, NewRun, Runs, RunSearch } from './calls/runs.ts';
export type { NewWebhook, WebhookEvent, Webhooks, WebhookTest } from './calls/webhooks.ts';
export { createMlflowClient, type MlflowClient } from './client.ts';
export { isMlflowError, MlflowError, type MlflowErrorCode, type MlflowErrorDetails } from './errors.ts';
export { quoteFilterValue } from './filter.ts';
export { collect } from './http/paginate.ts';
export type { CallOptions } from './http/transport.ts';
export {
  defaultLimits,
  type Auth,
  type AuthProvider,
  type Limits,
  type MlflowClientOptions,
  type RetryOptions,
} from './options.ts';
export type {
  DatasetInput,
  Experiment,
  FileInfo,
  LoggedModel,
  Metric,
  ModelVersion,
  RegisteredModel,
  Run,
  RunStatus,
  Webhook,
} from './schemas.ts';
export {
  verifyWebhook,
  type VerifiedWebhook,
  type WebhookDelivery,
  type WebhookMessage,
  type WebhookProblem,
} from './verify-webhook.ts';
