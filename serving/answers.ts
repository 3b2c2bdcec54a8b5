import type { z } from 'zod';
import type { predictionSchema } from '../config/wire.ts';
import { decide, type Decision } from '../domain/answers/control.ts';
import { halfWidth } from '../domain/answers/residuals.ts';
import type { AnswerPolicy } from '../domain/answers/policy.ts';
import type { DataSchema } from '../domain/table.ts';
import type { Predictions } from '../domain/task.ts';

export type Prediction = z.infer<typeof predictionSchema>;

/** The outputs of one row, as they are logged. Null when the model gave too few, or a number that is none. */
export function outputOf({ width, values }: Predictions, row: number): readonly number[] | null {
  const output: number[] = [];
  for (let at = row * width; at < (row + 1) * width; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (!Number.isFinite(value)) return null;
    output.push(value);
  }
  return output.length > 0 ? output : null;
}

/** What answers are told with, beside the outputs. */
export interface AnswerContext {
  readonly schema: DataSchema;
  readonly policy: AnswerPolicy;
  /** Half the width of a regression's interval; null where the version can't give one. */
  readonly halfWidth: number | null;
}

export interface AnsweredRow {
  readonly prediction: Prediction;
  /** Null without a control slice. */
  readonly decision: Decision | null;
}

export interface RowQuestion {
  readonly id: string;
  readonly output: readonly number[];
  /** Features with a value that the training rows did not have. */
  readonly outside: readonly string[];
  /** Two uniform numbers, the same for an entity each time; asked for only with a control slice. */
  readonly draws: () => readonly [number, number];
}

export function createAnswerContext(
  schema: DataSchema,
  policy: AnswerPolicy,
  residuals: Parameters<typeof halfWidth>[0] | null,
): AnswerContext {
  return { schema, policy, halfWidth: residuals === null ? null : halfWidth(residuals, policy.intervalLevel) };
}

/** One row's outputs in the client's words: a class with its probability, or a value with its interval; or why there is none. */
export function answerRow(context: AnswerContext, question: RowQuestion): AnsweredRow {
  const { schema, policy } = context;
  const { id, output, outside, draws } = question;
  const full = describePrediction(schema, id, output, context);
  const abstained = whyAbstain(policy, full, outside);
  const isClass = schema.classes.length > 0;
  const modelLabel = abstained === null ? (full.label ?? null) : null;
  const decision =
    isClass && policy.controlShare > 0 ? decide({ policy, classes: schema.classes, modelLabel, draws: draws() }) : null;
  const warned = outside.length === 0 ? {} : { outOfRange: [...outside] };
  if (decision?.by === 'control') {
    return { prediction: { id, label: decision.label ?? '', decidedBy: 'control', ...warned }, decision };
  }
  if (abstained === null) return { prediction: { ...full, ...warned }, decision };
  const { label: _label, probability: _probability, value: _value, interval: _interval, ...rest } = full;
  return { prediction: { ...rest, ...warned, abstained }, decision };
}

/** A class with its probability, or a value. */
function describePrediction(
  { classes }: DataSchema,
  id: string,
  output: readonly number[],
  { policy, halfWidth: half }: Pick<AnswerContext, 'policy' | 'halfWidth'>,
): Prediction {
  const first = output[0] ?? Number.NaN;
  if (classes.length === 0) {
    const interval =
      half === null ? {} : { interval: { low: first - half, high: first + half, level: policy.intervalLevel } };
    return { id, value: first, ...interval };
  }
  const { shares, best } = shareOfClasses(classes, output);
  const probabilities = Object.fromEntries(classes.map((name, index) => [name, shares[index] ?? 0]));
  return { id, label: classes[best] ?? '', probability: shares[best] ?? 0, probabilities };
}

/** The probability of each class, and the index of the likeliest. */
export function shareOfClasses(
  classes: readonly string[],
  output: readonly number[],
): { readonly shares: readonly number[]; readonly best: number } {
  const first = output[0] ?? Number.NaN;
  const shares = classes.length === 2 ? [1 - first, first] : output;
  return { shares, best: likeliest(output, 0, output.length) };
}

/** The index of the likeliest class, by the `width` outputs of a row from `at` on: one is the probability of the second of two. */
export function likeliest(outputs: ArrayLike<number>, at: number, width: number): number {
  if (width === 1) return outputs[at]! > 1 - outputs[at]! ? 1 : 0;
  let best = 0;
  for (let index = 1; index < width; index += 1) if (outputs[at + index]! > outputs[at + best]!) best = index;
  return best;
}

function whyAbstain(
  { abstainBelow, abstainOutOfRange }: AnswerPolicy,
  { label, probability }: Prediction,
  outside: readonly string[],
): NonNullable<Prediction['abstained']> | null {
  if (abstainOutOfRange && outside.length > 0) {
    const which = outside.map((name) => `"${name}"`).join(', ');
    const reason = `${which} ${outside.length === 1 ? 'is' : 'are'} outside of what the model was trained on`;
    return { code: 'out-of-range', reason };
  }
  if (abstainBelow !== null && probability !== undefined && probability < abstainBelow) {
    const found = `the likeliest class, "${label}", has probability ${probability.toFixed(3)}`;
    return { code: 'low-probability', reason: `${found}, and ${abstainBelow} is asked for` };
  }
  return null;
}
