import type { DuckDBConnection } from '@duckdb/node-api';
import { findControlProblem } from '../../domain/answers/check-control.ts';
import type { DataSource, ModelProject } from '../../domain/project.ts';
import { historyKey } from '../../domain/snapshot/row-keys.ts';
import type { Column, DataSchema, Feature, Table } from '../../domain/table.ts';
import type { LabelledRows } from '../ports/store.ts';
import { asNumbers, asTexts, queryColumns, quoteName, type QueryColumn } from '../duckdb/columns.ts';
import { checkTimes } from './check-times.ts';
import { DataError } from './data-error.ts';
import {
  classExpression,
  describeColumns,
  featureExpression,
  inferFeatures,
  inferLabel,
  requireColumn,
  timestampExpression,
  type FileColumns,
} from './infer-schema.ts';
import { withFile } from './open-file.ts';

export interface HistoricalRows {
  readonly schema: DataSchema;
  readonly rows: LabelledRows;
  /** Event time of each row, ms since the epoch; null for projects without a time column. */
  readonly eventMs: Float64Array | null;
  /** When each label became known, ms since the epoch, NaN where it never did; null for projects that don't say. */
  readonly labelMs: Float64Array | null;
}

/**
 * Reads a project's labelled rows in time order, with the schema that they suggest, or on a schema that is known. Throws a
 * DataError for whatever can't be trained on.
 */
export async function readLabelledRows(project: ModelProject, known?: DataSchema): Promise<HistoricalRows> {
  return await withFile(project.data.path, (connection, source) => read(connection, source, project, known));
}

async function read(
  connection: DuckDBConnection,
  file: string,
  project: ModelProject,
  known: DataSchema | undefined,
): Promise<HistoricalRows> {
  const { data } = project;
  const columns = await describeColumns(connection, file);
  requireColumn(columns, data.label, 'label');
  if (data.id !== null) requireColumn(columns, data.id, 'id');
  if (data.time !== null) requireColumn(columns, data.time, 'time');
  if (data.labelTime !== null) requireColumn(columns, data.labelTime, 'labelTime');
  await checkTimes(connection, file, data);
  const order = data.time === null ? '' : ` ORDER BY ${timestampExpression(data.time)}`;
  const limit = data.take === null ? '' : ` LIMIT ${data.take}`;
  const source = `(SELECT * FROM ${file}${order}${limit})`;
  await checkLabels(connection, source, data.label);
  const schema = known ?? {
    features: inferFeatures(columns, project),
    label: data.label,
    classes: (await inferLabel(connection, source, columns, project)).classes,
  };
  const problem = findControlProblem(project.policy.answers, schema.classes);
  if (problem !== null) throw new DataError(problem);
  return await readRows(connection, source, columns, schema, data);
}

async function checkLabels(connection: DuckDBConnection, source: string, label: string): Promise<void> {
  const { columns } = await queryColumns(
    connection,
    `SELECT CAST(count(*) AS DOUBLE), CAST(count(*) FILTER (${quoteName(label)} IS NULL) AS DOUBLE) FROM ${source}`,
  );
  const rows = asNumbers(columns[0])[0] ?? 0;
  const missing = asNumbers(columns[1])[0] ?? 0;
  if (rows === 0) throw new DataError('the table is empty: a first champion needs labelled rows');
  if (missing > 0)
    throw new DataError(`${missing} of ${rows} rows have no label "${label}": leave them out of the file`);
}

async function readRows(
  connection: DuckDBConnection,
  source: string,
  known: FileColumns,
  schema: DataSchema,
  { time, labelTime }: DataSource,
): Promise<HistoricalRows> {
  for (const { name } of schema.features) requireColumn(known, name, 'features');
  const isRegression = schema.classes.length === 0;
  const label = isRegression
    ? `CAST(${quoteName(schema.label)} AS DOUBLE)`
    : classExpression(schema.label, known.get(schema.label) ?? '');
  const times = [time, labelTime].map(timeExpression);
  const expressions = [...schema.features.map(featureExpression), label, ...times];
  const { rowCount, columns } = await queryColumns(connection, `SELECT ${expressions.join(', ')} FROM ${source}`);
  const [labels, eventMs, labelMs] = columns.slice(schema.features.length);
  const rows = {
    table: toTable(schema.features, columns, rowCount),
    labels: isRegression ? finiteLabels(asNumbers(labels), schema.label) : toClassIndices(asTexts(labels), schema),
    keys: Array.from({ length: rowCount }, (_, row) => historyKey(row)),
  };
  return {
    schema,
    rows,
    eventMs: time === null ? null : asNumbers(eventMs),
    labelMs: labelTime === null ? null : asNumbers(labelMs),
  };
}

function timeExpression(column: string | null): string {
  return column === null ? 'NULL' : `CAST(epoch_ms(${timestampExpression(column)}) AS DOUBLE)`;
}

function toTable(features: readonly Feature[], columns: readonly QueryColumn[], rowCount: number): Table {
  const named = features.map((feature, index) => [feature.name, toColumn(feature, columns[index])] as const);
  return { rowCount, columns: Object.fromEntries(named) };
}

function toColumn({ name, type }: Feature, column: QueryColumn | undefined): Column {
  if (type === 'categorical') {
    const values = asTexts(column);
    if (values.every((value) => value === null)) throw allMissing(name);
    return { kind: 'categorical', values };
  }
  const values = asNumbers(column);
  const infinite = values.findIndex((value) => value === Infinity || value === -Infinity);
  if (infinite >= 0)
    throw new DataError(`feature "${name}" of row ${infinite + 1} is infinite: leave such cells empty`);
  if (values.every(Number.isNaN)) throw allMissing(name);
  return { kind: 'numeric', values };
}

function allMissing(name: string): DataError {
  return new DataError(`feature "${name}" has no value in any row: put it into "exclude", or mend the data`);
}

function finiteLabels(labels: Float64Array, name: string): Float64Array {
  const row = labels.findIndex((value) => !Number.isFinite(value));
  if (row >= 0) throw new DataError(`label "${name}" of row ${row + 1} is not a finite number`);
  return labels;
}

function toClassIndices(names: readonly (string | null)[], { label, classes }: DataSchema): Float64Array {
  const indices = new Map(classes.map((name, index) => [name, index]));
  return Float64Array.from(names, (name, row) => {
    const index = indices.get(name ?? '');
    if (index !== undefined) return index;
    throw new DataError(
      `label "${label}" of row ${row + 1} is "${name}", which is none of the classes ${classes.join(', ')}`,
    );
  });
}
