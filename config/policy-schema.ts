import { z } from 'zod';
import type { AnswerPolicy } from '../domain/answers/policy.ts';
import type { ChallengerPolicy } from '../domain/blend/policy.ts';
import type { DriftPolicy } from '../domain/drift/judge.ts';
import type { GatePolicy } from '../domain/gate/policy.ts';
import type {
  ApprovalPolicy,
  LogPolicy,
  MonitorPolicy,
  PromotionPolicy,
  RetrainPolicy,
  RollbackPolicy,
  ServingPolicy,
  SnapshotPolicy,
  VersionsPolicy,
} from '../domain/policy.ts';
import type { ProbationPolicy } from '../domain/probation/policy.ts';
import type { QualityPolicy } from '../domain/quality/policy.ts';
import type { SearchPolicy } from '../domain/search/policy.ts';
import type { TriageCosts, TriagePolicy } from '../domain/triage/policy.ts';
import { amountSchema, durationSchema } from './units.ts';

const share = z.number().gt(0).lt(1);
const level = z.number().gt(0).lt(0.5);
const count = z.number().int().positive();
const countOrNone = z.number().int().nonnegative();

const retrainSchema = z.strictObject({
  debounceMs: durationSchema,
  cooldown: amountSchema,
  minFreshLabels: countOrNone,
  budget: z.strictObject({ trainings: count, per: amountSchema }),
  every: z.union([amountSchema, z.literal('auto')]).nullable(),
  trainingCost: z.number().positive(),
}) satisfies z.ZodType<RetrainPolicy, unknown>;

const snapshotSchema = z.strictObject({
  maxRows: count,
  recentRows: count,
  validationShare: share,
  holdoutShare: share,
  firstHoldoutShare: share,
}) satisfies z.ZodType<SnapshotPolicy>;

const challengerSchema = z.strictObject({
  blendMembers: count,
  blendVersions: countOrNone,
  refit: z.boolean(),
  follow: z.boolean(),
  followLabels: count,
}) satisfies z.ZodType<ChallengerPolicy>;

const searchSchema = z.strictObject({
  earlyDecisions: z.enum(['off', 'auto', 'on']),
  eta: z.number().int().min(2).max(10),
  firstEpochs: count,
  warmStart: z.enum(['off', 'champion']),
}) satisfies z.ZodType<SearchPolicy>;

const monitorSchema = z.strictObject({
  everyMs: durationSchema,
  windowRows: count,
  labelDelayRows: count,
  matureShare: z.number().gt(0).max(1),
  lossBlockRows: z.union([count, z.literal('auto')]),
  silenceMs: durationSchema,
}) satisfies z.ZodType<MonitorPolicy, unknown>;

const driftSchema = z.strictObject({
  level,
  correction: z.enum(['benjamini-hochberg', 'holm']),
  stabilityLimit: z.number().positive(),
  distanceLimit: z.number().positive(),
  minRows: count,
  classifierTest: z.boolean(),
}) satisfies z.ZodType<DriftPolicy>;

const qualitySchema = z.strictObject({
  level,
  minRows: count,
  missingLimit: share,
  outsideLimit: share,
  unseenLimit: share,
  duplicateLimit: share,
  scaleLimit: z.number().gt(1),
  labelLimit: z.number().positive(),
}) satisfies z.ZodType<QualityPolicy>;

const costsSchema = z.strictObject({
  lossUnit: z.number().positive(),
  training: z.number().nonnegative(),
  gate: z.number().nonnegative(),
  rollback: z.number().nonnegative(),
}) satisfies z.ZodType<TriageCosts>;

const triageSchema = z.strictObject({
  level,
  rankingMargin: share,
  minGain: z.number().positive(),
  minRows: count,
  costs: costsSchema.nullable(),
}) satisfies z.ZodType<TriagePolicy>;

const guardFields = {
  sliceMargin: z.number().nonnegative(),
  sliceMinRows: z.number().int().min(10),
  discoverSlices: z.boolean(),
  fairnessMargin: z.number().nonnegative(),
  fairnessLimit: z.number().nonnegative(),
  flipLimit: z.number().positive(),
  brierMargin: z.number().nonnegative(),
  calibrationMargin: z.number().nonnegative(),
  maxLatencyMs: z.number().positive().nullable(),
  maxBytes: z.number().positive().nullable(),
  robustness: z.enum(['report', 'require']),
  robustnessMargin: z.number().nonnegative(),
};

const gateSchema = z.strictObject({
  alpha: level,
  spending: z.enum(['lord', 'none']),
  primary: z.enum(['error', 'either']),
  margin: z.number().nonnegative(),
  minEffect: z.number().positive(),
  power: z.number().gt(0.5).lt(1),
  allowNonInferior: z.enum(['never', 'simpler', 'always']),
  baselines: z.enum(['require', 'report']),
  minRows: count,
  blockRows: z.union([count, z.literal('auto')]),
  bootstrapResamples: count,
  seed: z.number().int(),
  ...guardFields,
}) satisfies z.ZodType<GatePolicy>;

const approvalSchema = z.strictObject({
  mode: z.enum(['auto', 'person']),
  timeoutMs: durationSchema,
  onTimeout: z.enum(['reject', 'approve']),
}) satisfies z.ZodType<ApprovalPolicy, unknown>;

const isRising = (steps: readonly number[]): boolean => steps.every((one, at) => at === 0 || one > steps[at - 1]!);

const promotionSchema = z.strictObject({
  strategy: z.enum(['all-at-once', 'canary']),
  steps: z
    .array(z.number().min(0).lt(1))
    .min(1)
    .max(10)
    .refine(isRising, 'must rise from step to step, e.g. [0.05, 0.25]'),
  labelsPerStep: count,
}) satisfies z.ZodType<PromotionPolicy>;

const probationSchema = z.strictObject({
  alpha: level,
  horizonLabels: count,
  minLabels: count,
  margin: z.number().positive(),
  extendLabels: count,
  maxExtensions: countOrNone,
  dMax: count,
  blockLabels: z.union([count, z.literal('auto')]),
}) satisfies z.ZodType<ProbationPolicy>;

const rollbackSchema = z.strictObject({
  backoffFactor: z.number().min(1),
  maxRollbacks: count,
  per: amountSchema,
  quarantine: amountSchema,
}) satisfies z.ZodType<RollbackPolicy, unknown>;

const servingSchema = z.strictObject({
  minReplicas: countOrNone,
  replicaTimeoutMs: durationSchema,
  goldenTolerance: z.number().nonnegative(),
}) satisfies z.ZodType<ServingPolicy>;

const answersSchema = z.strictObject({
  intervalLevel: share,
  abstainBelow: share.nullable(),
  abstainOutOfRange: z.boolean(),
  controlShare: z.number().min(0).max(0.5),
  controlDecision: z.union([z.literal('random'), z.strictObject({ always: z.string().min(1) })]),
}) satisfies z.ZodType<AnswerPolicy>;

const logSchema = z.strictObject({
  keepMs: durationSchema.refine((ms) => ms > 0, 'must be longer than nothing').nullable(),
}) satisfies z.ZodType<LogPolicy, unknown>;

const versionsSchema = z.strictObject({
  keep: count.nullable(),
  pinned: z.array(z.string().regex(/^[1-9]\d*$/, 'must be the number of a version, as text, e.g. "12"')),
}) satisfies z.ZodType<VersionsPolicy>;

/** Every part, and every field of a part, may be left out: the default stands in. */
export const policySchema = z.strictObject({
  retrain: retrainSchema.partial().optional(),
  snapshot: snapshotSchema.partial().optional(),
  challenger: challengerSchema.partial().optional(),
  search: searchSchema.partial().optional(),
  monitor: monitorSchema.partial().optional(),
  drift: driftSchema.partial().optional(),
  quality: qualitySchema.partial().optional(),
  triage: triageSchema.partial().optional(),
  gate: gateSchema.partial().optional(),
  approval: approvalSchema.partial().optional(),
  promotion: promotionSchema.partial().optional(),
  probation: probationSchema.partial().optional(),
  rollback: rollbackSchema.partial().optional(),
  serving: servingSchema.partial().optional(),
  answers: answersSchema.partial().optional(),
  log: logSchema.partial().optional(),
  versions: versionsSchema.partial().optional(),
});
