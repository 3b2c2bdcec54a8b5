import type { z } from 'zod';
import {
  errorSchema,
  feedbackAnswerSchema,
  modelStatusSchema,
  predictAnswerSchema,
  type FeedbackAnswer,
  type FeedbackRequest,
  type ModelStatus,
  type PredictAnswer,
  type PredictRequest,
} from '../config/wire.ts';

/** What the prediction service refused, in its own words. */
export class PredictionError extends Error {
  readonly status: number;
  readonly code: string;
  /** The field of the request that is wrong, where it is one. */
  readonly field: string | null;
  constructor(status: number, { code, message, field }: z.infer<typeof errorSchema>['error']) {
    super(message);
    this.name = 'PredictionError';
    this.status = status;
    this.code = code;
    this.field = field ?? null;
  }
}

/** The prediction service, over HTTP. */
export interface PredictionClient {
  predict(model: string, request: PredictRequest): Promise<PredictAnswer>;
  /** Sends outcomes. Sending one twice is harmless; one that contradicts the record is in `contradictions`. */
  feedback(model: string, request: FeedbackRequest): Promise<FeedbackAnswer>;
  status(model: string): Promise<ModelStatus>;
}

/** @param url base of the service, e.g. http://127.0.0.1:8080 */
export function createPredictionClient(url: string): PredictionClient {
  const at = (model: string, what: string): string => `${url}/v1/models/${encodeURIComponent(model)}${what}`;
  return {
    predict: (model, request) => call(at(model, '/predict'), predictAnswerSchema, request),
    feedback: (model, request) => call(at(model, '/feedback'), feedbackAnswerSchema, request),
    status: (model) => call(at(model, ''), modelStatusSchema),
  };
}

async function call<T>(url: string, schema: z.ZodType<T>, body?: object): Promise<T> {
  const response = await fetch(
    url,
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  );
  const answer: unknown = await response.json().catch(() => null);
  // A contradiction is answered with 409 and the same body as success: the others were accepted.
  const parsed = response.ok || response.status === 409 ? schema.safeParse(answer) : null;
  if (parsed?.success === true) return parsed.data;
  const refusal = errorSchema.safeParse(answer);
  if (refusal.success) throw new PredictionError(response.status, refusal.data.error);
  throw new PredictionError(response.status, {
    code: 'unknown-answer',
    message: `${url} gave an answer that is not its own`,
  });
}
