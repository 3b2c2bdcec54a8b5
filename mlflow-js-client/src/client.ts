import { z } from 'zod';
import { createArtifacts, type Artifacts } from './artifacts/artifacts.ts';
import { createTransfer } from './artifacts/transfer.ts';
import { createExperiments, type Experiments } from './calls/experiments.ts';
import { createLoggedModels, type LoggedModels } from './calls/logged-models.ts';
import { createModelVersions, type ModelVersions } from './calls/model-versions.ts';
import { createRegisteredModels, type RegisteredModels } from './calls/registered-models.ts';
import { createRuns, type Runs } from './calls/runs.ts';
import { createWebhooks, type Webhooks } from './calls/webhooks.ts';
import { readAddress } from './http/address.ts';
import { createTransport } from './http/transport.ts';
import { defaultLimits, defaultRetry, defaultTimeoutMs, type MlflowClientOptions } from './options.ts';

/** MLflow's REST interface, by what it is about. Everything rejects with MlflowError. */
export interface MlflowClient {
  /** The tracking URI without credentials. */
  readonly base: string;
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly loggedModels: LoggedModels;
  readonly registeredModels: RegisteredModels;
  readonly modelVersions: ModelVersions;
  readonly artifacts: Artifacts;
  readonly webhooks: Webhooks;
  /** Resolves when the server answers and takes these credentials. */
  check(options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** A client of one server. It opens no connection before the first call, and keeps none that would hold the process. */
export function createMlflowClient(options: MlflowClientOptions): MlflowClient {
  const { base, auth } = readAddress(options.trackingUri, options.auth);
  const retry = { ...defaultRetry, ...options.retry };
  const limits = { ...defaultLimits, ...options.limits };
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const fetch = options.fetch ?? globalThis.fetch;
  const transport = createTransport({ base, auth, timeoutMs, retry, fetch });
  const transfer = createTransfer({
    base,
    auth,
    timeoutMs,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  });
  const artifacts = createArtifacts(base, transport, transfer, retry);
  return {
    base,
    artifacts,
    experiments: createExperiments(transport),
    runs: createRuns(transport, artifacts, limits),
    loggedModels: createLoggedModels(transport),
    registeredModels: createRegisteredModels(transport, limits),
    modelVersions: createModelVersions(transport, limits),
    webhooks: createWebhooks(transport),
    async check({ signal } = {}) {
      const body = { max_results: 1 };
      const answer = z.object({ experiments: z.array(z.unknown()).default([]) });
      const search = { method: 'POST', path: 'experiments/search', body, answer, isRepeatable: true } as const;
      await transport.call(search, signal === undefined ? {} : { signal });
    },
  };
}
