import { createMlflowClient, isMlflowError, type Auth, type MlflowClient, type MlflowError } from 'mlflow-js-client';

/** Where MLflow is, and who asks: MLFLOW_TRACKING_URI and its companions. */
export interface MlflowSettings {
  readonly trackingUri: string;
  readonly auth: Auth;
  /** Goes before the name of every model and experiment: several installations can share a server. */
  readonly prefix: string;
}

/** A server with the names that this installation uses on it. */
export interface MlflowConnection {
  readonly client: MlflowClient;
  readonly prefix: string;
}

export interface ConnectOptions {
  /** @default 30,000 */
  readonly timeoutMs?: number;
}

export function connectToMlflow(
  { trackingUri, auth, prefix }: MlflowSettings,
  options: ConnectOptions = {},
): MlflowConnection {
  return { client: createMlflowClient({ trackingUri, auth, ...options }), prefix };
}

/** What went wrong with MLflow, with what an operator of Incumbent can do about it. */
export function explainMlflowError(error: MlflowError): string {
  switch (error.code) {
    case 'UNAUTHENTICATED':
      return `${error.message}: MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN`;
    case 'CONNECTION_FAILED':
    case 'TIMEOUT':
    case 'UNEXPECTED_ANSWER':
    case 'ENDPOINT_NOT_FOUND':
      return `${error.message} (MLFLOW_TRACKING_URI)`;
    default:
      return error.message;
  }
}

/** Whether the error says that something is not there, and nothing worse. */
export function isMissing(error: unknown): boolean {
  return isMlflowError(error, 'RESOURCE_DOES_NOT_EXIST');
}
