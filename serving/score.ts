import type { Logger } from 'winston';
import type { FeatureRow } from '../adapters/data/feature-rows.ts';
import { QueueFull } from '../adapters/ports/model-runtime.ts';
import type { DataSchema, Table } from '../domain/table.ts';
import type { Predictions } from '../domain/task.ts';
import { outputOf } from './answers.ts';
import { ServiceError } from './errors.ts';
import type { Slots } from './slots/model-slots.ts';
import type { HostedVersion } from './slots/hosted-version.ts';

export type Outputs = readonly (readonly number[])[];

export interface Scored {
  readonly outputs: Outputs;
  /** What `previous` would have said; null when there is none, or it could not say. */
  readonly shadow: { readonly version: string; readonly outputs: Outputs } | null;
}

/** Predicts rows with the champion, and in its shadow with the version before it, whose failure is only a warning. */
export async function scoreRows(
  champion: HostedVersion,
  previous: Slots['previous'],
  rows: readonly FeatureRow[],
  logger: Logger,
): Promise<Scored> {
  const shadow = previous === null || previous === champion ? null : previous;
  // Both begin in one turn, and both settle before this returns: what is still at work must not be disposed of.
  const asked = ask(champion, rows);
  const askedInShadow = shadow === null ? null : askInShadow(champion, shadow, rows);
  const [answer, shadowed] = [await asked, await askedInShadow];
  if ('error' in answer) throw toRefusal(champion, answer.error);
  if (shadow === null || shadowed === null) return { outputs: answer.outputs, shadow: null };
  if ('error' in shadowed) {
    logger.warn(`version ${shadow.version} failed in the shadow`, { error: shadowed.error });
    return { outputs: answer.outputs, shadow: null };
  }
  return { outputs: answer.outputs, shadow: { version: shadow.version, outputs: shadowed.outputs } };
}

/** Predicts columns with the champion alone. */
export async function scoreTable(champion: HostedVersion, table: Table): Promise<Predictions> {
  try {
    return await champion.model.predict(table);
  } catch (error) {
    throw toRefusal(champion, error);
  }
}

function toRefusal({ version }: HostedVersion, error: unknown): ServiceError {
  if (error instanceof QueueFull) {
    const why = `${error.waitingRows} rows wait for version ${version} of this model already`;
    return new ServiceError('overloaded', `${why}: try again in a second`);
  }
  const message = `version ${version} could not predict; nothing was logged`;
  return new ServiceError('prediction-failed', message, { cause: error });
}

type Answer = { readonly outputs: Outputs } | { readonly error: unknown };

/** Never rejects nor throws. Compiled code has answered when this returns. */
function ask(hosted: HostedVersion, rows: readonly FeatureRow[]): Answer | Promise<Answer> {
  try {
    const said = hosted.model.predictRows(rows);
    if (!(said instanceof Promise)) return { outputs: toOutputs(hosted, said, rows.length) };
    return said.then((predictions) => ({ outputs: toOutputs(hosted, predictions, rows.length) })).catch(toFailure);
  } catch (error) {
    return toFailure(error);
  }
}

function toFailure(error: unknown): Answer {
  return { error };
}

function toOutputs({ version }: HostedVersion, predictions: Predictions, rowCount: number): Outputs {
  return Array.from({ length: rowCount }, (_, row) => {
    const output = outputOf(predictions, row);
    if (output === null) throw new Error(`version ${version} gave no finite output for row ${row}`);
    return output;
  });
}

function askInShadow(
  champion: HostedVersion,
  shadow: HostedVersion,
  rows: readonly FeatureRow[],
): Answer | Promise<Answer> {
  if (isSameShape(champion.model.signature.schema, shadow.model.signature.schema)) return ask(shadow, rows);
  return { error: new Error(`version ${shadow.version} has other features or classes than ${champion.version}`) };
}

/** What was found out about two schemas, which never change. */
const compared = new WeakMap<DataSchema, WeakMap<DataSchema, boolean>>();

/** Scores of one row can be compared only if both models read it and name its classes alike. */
export function isSameShape(a: DataSchema, b: DataSchema): boolean {
  if (a === b) return true;
  const known = compared.get(a) ?? new WeakMap<DataSchema, boolean>();
  compared.set(a, known);
  const isSame = known.get(b) ?? compareShapes(a, b);
  known.set(b, isSame);
  return isSame;
}

function compareShapes(a: DataSchema, b: DataSchema): boolean {
  return (
    a.classes.length === b.classes.length &&
    a.features.length === b.features.length &&
    a.classes.every((name, index) => name === b.classes[index]) &&
    a.features.every(({ name, type }) => b.features.some((other) => other.name === name && other.type === type))
  );
}
