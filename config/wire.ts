import { z } from 'zod';

/** A feature on the wire; null is missing. Timestamps are ISO 8601 texts. */
export const featureValueSchema = z.union([z.number(), z.string(), z.boolean(), z.null()]);
export const featureRowSchema = z.record(z.string(), featureValueSchema);

const maxRowsPerRequest = 10_000;

export const predictRequestSchema = z.strictObject({
  rows: z.array(featureRowSchema).min(1).max(maxRowsPerRequest),
  /** Event time of each row, where the project has a time column. */
  times: z.array(z.iso.datetime({ offset: true })).optional(),
  /** Comes back in the answer and stands in the log; made up when absent. */
  requestId: z.string().min(1).max(200).optional(),
});

export const predictionSchema = z.object({
  /** Send it with the outcome to /feedback. */
  id: z.string(),
  /** Predicted class, and its probability. */
  label: z.string().optional(),
  probability: z.number().optional(),
  probabilities: z.record(z.string(), z.number()).optional(),
  /** Predicted value of a regression. */
  value: z.number().optional(),
});

export const predictAnswerSchema = z.object({
  model: z.string(),
  /** The version that answered. */
  version: z.string(),
  requestId: z.string(),
  predictions: z.array(predictionSchema),
});

export const feedbackRequestSchema = z.strictObject({
  outcomes: z
    .array(z.strictObject({ id: z.string().min(1), label: z.union([z.string(), z.number()]) }))
    .min(1)
    .max(maxRowsPerRequest),
});

export const feedbackAnswerSchema = z.object({
  accepted: z.number().int(),
  duplicates: z.number().int(),
  /** Ids that nobody predicted. */
  unknown: z.array(z.string()),
  /** Ids that have another label on record; the record stands, the contradiction is kept beside it. */
  contradictions: z.array(z.string()),
});

export const modelStatusSchema = z.object({
  model: z.string(),
  replicaId: z.string(),
  serving: z.string().nullable(),
  loaded: z.array(
    z.object({
      version: z.string(),
      role: z.enum(['champion', 'previous', 'challenger']),
      loadedAtMs: z.number(),
      goldenMaxDifference: z.number(),
    }),
  ),
  problem: z.string().nullable(),
  uptimeSeconds: z.number(),
});

export const verifyRequestSchema = z.strictObject({ version: z.string().min(1) });
export const verifyAnswerSchema = z.object({ version: z.string(), maxDifference: z.number() });

export const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
});

export type PredictRequest = z.infer<typeof predictRequestSchema>;
export type PredictAnswer = z.infer<typeof predictAnswerSchema>;
export type FeedbackRequest = z.infer<typeof feedbackRequestSchema>;
export type FeedbackAnswer = z.infer<typeof feedbackAnswerSchema>;
export type ModelStatus = z.infer<typeof modelStatusSchema>;
