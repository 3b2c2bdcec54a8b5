import type { DataSchema, Feature } from '../../domain/table.ts';
import { quoteText } from '../duckdb/columns.ts';
import type { WindowQuery } from '../ports/store.ts';

/** Outputs per row: one for binary and regression, one per class for multiclass. */
export function outputWidth({ classes }: DataSchema): number {
  return classes.length > 2 ? classes.length : 1;
}

/** Index of a label's class, or its value; -1 for a class that the schema does not have. */
export function labelExpression({ classes }: DataSchema): string {
  if (classes.length === 0) return 'CAST(l.label AS DOUBLE)';
  const cases = classes.map((name, index) => `WHEN ${quoteText(name)} THEN ${index}`);
  return `CAST(CASE WHEN l.label IS NULL THEN NULL ELSE CASE l.label ${cases.join(' ')} ELSE -1 END END AS DOUBLE)`;
}

/** When a row was predicted, on the clock of its event time, or without one of its serving. */
export const predictedExpression = 'coalesce(p.eventMs, p.atMs)';

/** When its label became known, on the same clock; null where that was not said. */
export const labelledExpression =
  'CASE WHEN l.id IS NULL THEN NULL WHEN p.eventMs IS NULL THEN l.atMs ELSE l.labelMs END';

/** A feature of the schema that the log leaves out of the row, or null. */
export function omittedExpression({ features }: DataSchema): string {
  const names = features.map(({ name }) => quoteText(name)).join(', ');
  return `list_intersect(p.omitted, [${names}])[1]`;
}

/** The texts of these features out of the logged JSON object, as one list: so the object is parsed once, not once a feature. */
export function featureTexts(features: readonly Feature[]): string {
  const paths = features.map(({ name }) => quoteText(`$."${name.replaceAll('"', '\\"')}"`));
  return `json_extract_string(CAST(p.features AS JSON), CAST([${paths.join(', ')}] AS VARCHAR[]))`;
}

/** A feature out of the list `texts`, where it stands at `index`. */
export function featureExpression({ type }: Feature, index: number): string {
  const text = `texts[${index + 1}]`;
  switch (type) {
    case 'numeric':
      return `CAST(${text} AS DOUBLE)`;
    case 'boolean':
      return `CAST(CAST(${text} AS BOOLEAN) AS DOUBLE)`;
    case 'timestamp':
      return `CAST(epoch_ms(CAST(${text} AS TIMESTAMP)) AS DOUBLE)`;
    case 'categorical':
      return text;
  }
}

/** Predictions of a window, before they are put in order. */
export function windowOf(predictions: string, { afterId, upToId, newestRows }: WindowQuery): string {
  const conditions = [
    ...(afterId === undefined ? [] : [`id > ${quoteText(afterId)}`]),
    ...(upToId === undefined ? [] : [`id <= ${quoteText(upToId)}`]),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const newest = newestRows === undefined ? '' : ` ORDER BY id DESC LIMIT ${newestRows}`;
  return `(SELECT * FROM ${predictions}${where}${newest})`;
}
