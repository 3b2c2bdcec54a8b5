import { z } from 'zod';
import type { SliceDeclaration } from '../domain/gate/slices/declaration.ts';
import type { CardNotes } from '../domain/project.ts';
import { policySchema } from './policy-schema.ts';

const column = z.string().min(1);
const note = z.string().min(1);

const networkSchema = z.strictObject({
  name: z.string().regex(/^[\w.-]+$/, 'letters, digits, ".", "-" and "_" only'),
  hiddenUnits: z.array(z.number().int().positive()).max(10).default([]),
  optimizer: z.enum(['adam', 'momentum', 'rmsprop']).default('adam'),
  learningRate: z.number().positive().default(0.003),
  l2: z.number().nonnegative().default(1e-4),
});

const trainingSchema = z
  .strictObject({
    networks: z.array(networkSchema).min(1),
    windows: z.array(z.enum(['newest', 'recent', 'all'])).min(1),
    batchSize: z.number().int().positive(),
    maxEpochs: z.number().int().positive(),
    patience: z.number().int().positive(),
    classWeights: z.boolean(),
    seed: z.number().int(),
    /** Module exporting `build(tf, spec, inputs, outputs)`, relative to the project's folder. */
    buildModule: z.string().nullable(),
  })
  .partial();

/** A column, each of whose categories (or quarters of its values) is a slice, or one condition. */
const sliceSchema = z.union([
  column,
  z.strictObject({ column, values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1) }),
  z
    .strictObject({ column, from: z.number().optional(), to: z.number().optional() })
    .refine(({ from, to }) => from !== undefined || to !== undefined, 'give `from`, `to` or both, or `values`'),
]) satisfies z.ZodType<SliceDeclaration>;

const cardSchema = z
  .strictObject({ owner: note, intendedUse: note, outOfScope: note, considerations: note })
  .partial() satisfies z.ZodType<CardNotes>;

/** A model project as its user writes it. */
export const modelSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and "-", beginning with a letter or digit'),
  /** Inferred from the label when absent. */
  task: z.enum(['binary', 'multiclass', 'regression']).optional(),
  data: z.strictObject({
    /** CSV or Parquet file, relative to the project's folder. */
    path: z.string().min(1),
    label: column,
    id: column.nullable().optional(),
    time: column.nullable().optional(),
    /** When the label became known; a backtest waits for it. */
    labelTime: column.nullable().optional(),
    /** Use only this many of the oldest rows. */
    take: z.number().int().positive().nullable().optional(),
  }),
  features: z.record(column, z.enum(['numeric', 'categorical', 'boolean', 'timestamp'])).optional(),
  exclude: z.array(column).optional(),
  /** Labelled CSV or Parquet file on which no challenger may fall back, relative to the project's folder. */
  goldenSet: z.string().min(1).nullable().optional(),
  /** Parts of the rows that no challenger may harm, e.g. `['region', { column: 'age', from: 18, to: 30 }]`. */
  slices: z.array(sliceSchema).optional(),
  /** Features whose groups must be treated alike. */
  sensitive: z.array(column).optional(),
  /** Features whose values nobody may see (`hash`), and columns that are sent along but not logged (`omit`). */
  privacy: z.strictObject({ hash: z.array(column).optional(), omit: z.array(column).optional() }).optional(),
  /** What answers are worth, by actual class and then by predicted class; pairs left out are worth 0. Models are then compared by it. */
  utility: z.strictObject({ matrix: z.record(z.string(), z.record(z.string(), z.number())) }).optional(),
  /** Module exporting `utility(actual, prediction)` instead, relative to the project's folder. */
  utilityModule: z.string().min(1).optional(),
  /** For the model card of every version: who answers for the model, what it is for and not for, what to consider. */
  card: cardSchema.optional(),
  training: trainingSchema.optional(),
  policy: policySchema.optional(),
});

export type ModelConfig = z.input<typeof modelSchema>;
