import type { z } from 'zod';
import {
  feedbackAnswerSchema,
  modelStatusSchema,
  predictAnswerSchema,
  type FeedbackAnswer,
  type FeedbackRequest,
  type ModelStatus,
  type PredictAnswer,
  type PredictRequest,
} from '../config/wire.ts';
import { callService, type CallOptions } from './call-service.ts';

export { PredictionError } from './prediction-error.ts';

export interface PredictionClientOptions {
  /** API key or token; without it, services that ask nobody. */
  readonly key?: string;
  /** For one try. @default 10000 */
  readonly timeoutMs?: number;
  /** Tries after the first, where trying again does no harm. @default 2 */
  readonly retries?: number;
}

/** The prediction service, over HTTP. Refusals and failures are PredictionErrors. */
export interface PredictionClient {
  /** Tried again only where the service says that nothing was predicted, or was never reached. */
  predict(model: string, request: PredictRequest): Promise<PredictAnswer>;
  /** Sends outcomes. Sending one twice is harmless; one that contradicts the record is in `contradictions`. */
  feedback(model: string, request: FeedbackRequest): Promise<FeedbackAnswer>;
  status(model: string): Promise<ModelStatus>;
}

/** @param url base of the service, e.g. http://127.0.0.1:8080 */
export function createPredictionClient(url: string, options: PredictionClientOptions = {}): PredictionClient {
  const base = url.replace(/\/+$/, '');
  const call = async <T>(
    model: string,
    what: string,
    schema: z.ZodType<T>,
    more: Pick<CallOptions, 'body' | 'isRepeatable'>,
  ): Promise<T> => {
    const { timeoutMs = 10_000, retries = 2, key = null } = options;
    const address = `${base}/v1/models/${encodeURIComponent(model)}${what}`;
    return await callService(address, schema, { timeoutMs, retries, key, ...more });
  };
  return {
    predict: (model, body) => call(model, '/predict', predictAnswerSchema, { body, isRepeatable: false }),
    feedback: (model, body) => call(model, '/feedback', feedbackAnswerSchema, { body, isRepeatable: true }),
    status: (model) => call(model, '', modelStatusSchema, { isRepeatable: true }),
  };
}
