import { z } from 'zod';

/** A feature on the wire; null is missing. Timestamps are ISO 8601 texts. */
export const featureValueSchema = z.union([z.number(), z.string(), z.boolean(), z.null()]);
export const featureRowSchema = z.record(z.string(), featureValueSchema);

export const maxRowsPerRequest = 10_000;

/** Who or what a row is about (a customer, a machine): outcomes can name it, and an experiment treats it alike each time. */
export const entitySchema = z.string().min(1).max(200);
export const timeSchema = z.iso.datetime({ offset: true });

export const predictRequestSchema = z.strictObject({
  rows: z.array(featureRowSchema).min(1).max(maxRowsPerRequest),
  /** Event time of each row, where the project has a time column. */
  times: z.array(timeSchema).optional(),
  entities: z.array(entitySchema).optional(),
  /** Comes back in the answer and stands in the log; made up when absent. */
  requestId: z.string().min(1).max(200).optional(),
});

/** What each feature did to an answer, from an average row on; or why that can't be said. */
export const explanationSchema = z.union([
  z.object({
    method: z.literal('integrated-gradients'),
    /** Class whose probability is explained; absent for a value. */
    of: z.string().optional(),
    output: z.number(),
    baselineOutput: z.number(),
    /** They sum to output − baselineOutput, but for rounding. */
    contributions: z.array(z.object({ feature: z.string(), value: featureValueSchema, contribution: z.number() })),
  }),
  z.object({ unavailable: z.string() }),
]);

export const predictionSchema = z.object({
  /** Send it with the outcome to /feedback. */
  id: z.string(),
  /** Predicted class, and its probability. */
  label: z.string().optional(),
  probability: z.number().optional(),
  probabilities: z.record(z.string(), z.number()).optional(),
  /** Predicted value of a regression, and where the outcome is to be expected in a share `level` of cases. */
  value: z.number().optional(),
  interval: z.object({ low: z.number(), high: z.number(), level: z.number() }).optional(),
  /** Features with a value that the model's training rows did not have. */
  outOfRange: z.array(z.string()).optional(),
  /** Why there is no answer; label or value are absent then. */
  abstained: z.object({ code: z.enum(['low-probability', 'out-of-range']), reason: z.string() }).optional(),
  /** The label was decided without the model: the row belongs to the control slice. */
  decidedBy: z.literal('control').optional(),
  /** With `?explain=true`. */
  explanation: explanationSchema.optional(),
  /** The version that answered this row, while a challenger answers some of them. */
  version: z.string().optional(),
});

export const predictAnswerSchema = z.object({
  model: z.string(),
  /** The version that answered; while a challenger answers some rows, the champion. */
  version: z.string(),
  requestId: z.string(),
  predictions: z.array(predictionSchema),
});

const outcomeSchema = z
  .strictObject({
    /** Of the prediction; or else `entity` and `time`. */
    id: z.string().min(1).max(200).optional(),
    entity: entitySchema.optional(),
    /** Event time of the prediction about that entity. */
    time: timeSchema.optional(),
    /** The newest prediction up to so long before `time` is meant; without it, the one at `time`. */
    withinMs: z.number().nonnegative().optional(),
    label: z.union([z.string().max(1_000), z.number()]),
    /** When the outcome became known, on the clock of the event times. */
    labelTime: timeSchema.optional(),
  })
  .refine(
    ({ id, entity, time }) => (id === undefined ? entity !== undefined && time !== undefined : entity === undefined),
    'give the `id` of the prediction, or `entity` and `time`',
  );

export const feedbackRequestSchema = z.strictObject({ outcomes: z.array(outcomeSchema).min(1).max(maxRowsPerRequest) });

export const feedbackAnswerSchema = z.object({
  accepted: z.number().int(),
  duplicates: z.number().int(),
  /** What nobody predicted: ids, or `entity@time`. */
  unknown: z.array(z.string()),
  /** What is older than the log is kept: ids, or `entity@time`. */
  removed: z.array(z.string()),
  /** Ids that have another label on record; the record stands, the contradiction is kept beside it. */
  contradictions: z.array(z.string()),
});

const engineSchema = z.discriminatedUnion('kind', [
  /** Vector code that says what TensorFlow says, to within `maxDifference` on so many rows. */
  z.object({ kind: z.literal('compiled'), maxDifference: z.number(), rowsCompared: z.number() }),
  z.object({ kind: z.literal('tensorflow'), reason: z.string() }),
]);

export const modelStatusSchema = z.object({
  model: z.string(),
  replicaId: z.string(),
  serving: z.string().nullable(),
  /** Of the version that serves: what outcomes are named by; none for a regression, null while nothing serves. */
  classes: z.array(z.string()).nullable(),
  loaded: z.array(
    z.object({
      version: z.string(),
      role: z.enum(['champion', 'previous', 'challenger']),
      loadedAtMs: z.number(),
      goldenMaxDifference: z.number(),
      engine: engineSchema,
    }),
  ),
  /** The challenger that answers this share of the entities; null while the champion answers all. */
  canary: z.object({ version: z.string(), share: z.number() }).nullable(),
  /** How labels arrive, as the monitor saw it at its newest look; null where that can't be told. */
  labels: z
    .object({
      coverage: z.number(),
      medianDelaySeconds: z.number(),
      p95DelaySeconds: z.number(),
      matureAgeSeconds: z.number(),
      /** Predictions of an earlier event time are mature. */
      watermark: z.iso.datetime(),
    })
    .nullable(),
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
