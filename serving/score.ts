import type { Logger } from 'winston';
import { tableFromFeatureRows, type FeatureRow } from '../adapters/data/feature-rows.ts';
import type { DataSchema, Table } from '../domain/table.ts';
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
  const table = tableFromFeatureRows(champion.model.signature.schema, rows);
  const shadow = previous === null || previous === champion ? null : previous;
  // Both settle before this returns: what is still at work must not be disposed of.
  const [answered, shadowed] = await Promise.allSettled([
    predict(champion, table),
    shadow === null ? null : predictInShadow(champion, shadow, table),
  ]);
  if (answered.status === 'rejected') {
    const message = `version ${champion.version} could not predict; nothing was logged`;
    throw new ServiceError('prediction-failed', message, { cause: answered.reason });
  }
  if (shadowed.status === 'rejected') {
    logger.warn(`version ${shadow?.version ?? ''} failed in the shadow`, { error: shadowed.reason as unknown });
  }
  const outputs = shadowed.status === 'fulfilled' ? shadowed.value : null;
  return {
    outputs: answered.value,
    shadow: shadow === null || outputs === null ? null : { version: shadow.version, outputs },
  };
}

async function predict({ version, model }: HostedVersion, table: Table): Promise<Outputs> {
  const predictions = await model.predict(table);
  return Array.from({ length: table.rowCount }, (_, row) => {
    const output = outputOf(predictions, row);
    if (output === null) throw new Error(`version ${version} gave no finite output for row ${row}`);
    return output;
  });
}

async function predictInShadow(champion: HostedVersion, shadow: HostedVersion, table: Table): Promise<Outputs> {
  if (!isSameShape(champion.model.signature.schema, shadow.model.signature.schema)) {
    throw new Error(`version ${shadow.version} has other features or classes than version ${champion.version}`);
  }
  return await predict(shadow, table);
}

/** Scores of one row can be compared only if both models read it and name its classes alike. */
function isSameShape(a: DataSchema, b: DataSchema): boolean {
  if (a === b) return true;
  return (
    a.classes.length === b.classes.length &&
    a.features.length === b.features.length &&
    a.classes.every((name, index) => name === b.classes[index]) &&
    a.features.every(({ name, type }) => b.features.some((other) => other.name === name && other.type === type))
  );
}
