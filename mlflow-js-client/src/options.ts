import type { AgentOptions } from 'node:https';

/** Headers of a request, asked for anew each time; `isRefused` is true where the server refused those of the time before. */
export type AuthProvider = (request: {
  readonly isRefused: boolean;
}) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** Who asks. `headers` is for whatever a gateway in front of MLflow wants to see. */
export type Auth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'provider'; readonly provide: AuthProvider };

export interface RetryOptions {
  /** Tries in all; 1 never retries. */
  readonly attempts: number;
  /** Wait before the second try; doubles from try to try, and a random part of it is waited. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** Sizes that MLflow accepts, in characters (code points) and items. */
export interface Limits {
  readonly metricsPerBatch: number;
  readonly paramsPerBatch: number;
  readonly tagsPerBatch: number;
  /** Metrics, params and tags together. */
  readonly itemsPerBatch: number;
  readonly bytesPerBatch: number;
  readonly keyLength: number;
  readonly paramLength: number;
  readonly tagLength: number;
  readonly registryTagLength: number;
  readonly datasetDigestLength: number;
}

/** Of MLflow 2.22 and 3.x. A registry tag may have 100,000 characters since 3.0, and 5,000 before. */
export const defaultLimits: Limits = {
  metricsPerBatch: 1_000,
  paramsPerBatch: 100,
  tagsPerBatch: 100,
  itemsPerBatch: 1_000,
  bytesPerBatch: 900_000,
  keyLength: 250,
  paramLength: 6_000,
  tagLength: 8_000,
  registryTagLength: 5_000,
  datasetDigestLength: 36,
};

export interface MlflowClientOptions {
  /** Base address, e.g. `https://mlflow.example.com/prefix`. A user and password in it are used as basic auth. */
  readonly trackingUri: string;
  /** @default none */
  readonly auth?: Auth;
  /** Of one try of a call; of the silence between two pieces of an artifact. @default 30,000 */
  readonly timeoutMs?: number;
  /** @default 4 tries, 200 ms to 5 s */
  readonly retry?: Partial<RetryOptions>;
  readonly limits?: Partial<Limits>;
  /** Certificates, e.g. `{ca}`, for artifacts. For all calls set NODE_EXTRA_CA_CERTS. */
  readonly tls?: Pick<AgentOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;
  /** In place of the global one, e.g. to go through a proxy. */
  readonly fetch?: typeof globalThis.fetch;
}

export const defaultRetry: RetryOptions = { attempts: 4, firstDelayMs: 200, maxDelayMs: 5_000 };
export const defaultTimeoutMs = 30_000;
