import type { DuckDBConnection } from '@duckdb/node-api';
import type { ModelProject } from '../../domain/project.ts';
import type { Feature, FeatureType } from '../../domain/table.ts';
import type { Task } from '../../domain/task.ts';
import { asNumbers, asTexts, queryColumns, quoteName } from '../duckdb/columns.ts';
import { DataError, didYouMean } from './data-error.ts';

/** Columns of a file with DuckDB's types. */
export type FileColumns = ReadonlyMap<string, string>;

const maxClasses = 1_000;
const fewClasses = 20;

export async function describeColumns(connection: DuckDBConnection, source: string): Promise<FileColumns> {
  const { columns } = await queryColumns(
    connection,
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${source})`,
  );
  const types = asTexts(columns[1]);
  return new Map(asTexts(columns[0]).map((name, index) => [name ?? '', types[index] ?? '']));
}

/** Throws a DataError naming the column and the nearest one there is. */
export function requireColumn(known: FileColumns, name: string, role: string): void {
  if (known.has(name)) return;
  const names = [...known.keys()];
  throw new DataError(
    `there is no column "${name}" for the ${role}${didYouMean(name, names)}; there are: ${names.join(', ')}`,
  );
}

/** Every column but id, times, label and what is excluded, with the declared type or the one its values suggest. */
export function inferFeatures(known: FileColumns, { data, features, exclude }: ModelProject): readonly Feature[] {
  for (const name of [...Object.keys(features), ...exclude]) requireColumn(known, name, 'features');
  const others = new Set([data.label, data.id, data.time, data.labelTime, ...exclude]);
  const found = [...known]
    .filter(([name]) => !others.has(name))
    .map(([name, type]) => ({ name, type: features[name] ?? featureType(name, type) }));
  if (found.length === 0) throw new DataError('no column is left for the features: the file has nothing but the label');
  return found;
}

/** How a column of a file is treated; throws a DataError for nested and other types that can't be a feature. */
export function featureType(name: string, type: string): FeatureType {
  const found = typeFor(type);
  if (found !== null) return found;
  throw new DataError(`column "${name}" is a ${type}, which can't be a feature: put it into "exclude"`);
}

/** Whether a column of DuckDB's type can be a feature. */
export function isFeatureType(type: string): boolean {
  return typeFor(type) !== null;
}

function typeFor(type: string): FeatureType | null {
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/.test(type)) return 'numeric';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'VARCHAR' || type.startsWith('ENUM')) return 'categorical';
  return type === 'DATE' || type.startsWith('TIMESTAMP') ? 'timestamp' : null;
}

/** Reads a time; ISO 8601 lets a text leave out the seconds, which DuckDB doesn't. */
export function timestampExpression(name: string): string {
  const withSeconds = `regexp_replace(CAST(${quoteName(name)} AS VARCHAR), '([T ]\\d{2}:\\d{2})(Z|[+-]\\d{2}(:?\\d{2})?)?$', '\\1:00\\2')`;
  return `CAST(${withSeconds} AS TIMESTAMP)`;
}

/** Reads a feature as numbers, or as text where it is categorical. */
export function featureExpression({ name, type }: Feature): string {
  const column = quoteName(name);
  switch (type) {
    case 'numeric':
      return `CAST(${column} AS DOUBLE)`;
    case 'boolean':
      return `CAST(CAST(${column} AS BOOLEAN) AS DOUBLE)`;
    case 'timestamp':
      return `CAST(epoch_ms(${timestampExpression(name)}) AS DOUBLE)`;
    case 'categorical':
      return `CAST(${column} AS VARCHAR)`;
  }
}

/** Reads a label as the name of its class: whole numbers without a fraction, whatever the column's type. */
export function classExpression(label: string, type: string): string {
  const column = quoteName(label);
  return type === 'DOUBLE' || type === 'FLOAT'
    ? `CAST(CAST(${column} AS BIGINT) AS VARCHAR)`
    : `CAST(${column} AS VARCHAR)`;
}

export interface LabelKind {
  readonly task: Task;
  /** Sorted, numbers by value; empty for regression. */
  readonly classes: readonly string[];
}

/** What the label asks for: two values are binary, texts and few whole numbers are classes, other numbers a regression. */
export async function inferLabel(
  connection: DuckDBConnection,
  source: string,
  known: FileColumns,
  { data, task: declared }: ModelProject,
): Promise<LabelKind> {
  const type = known.get(data.label) ?? '';
  const column = quoteName(data.label);
  const isNumber = featureType(data.label, type) === 'numeric';
  const isWhole = isNumber ? `bool_and(CAST(${column} AS DOUBLE) = floor(CAST(${column} AS DOUBLE)))` : 'true';
  const counted = await queryColumns(
    connection,
    `SELECT CAST(count(DISTINCT ${column}) AS DOUBLE), CAST(${isWhole} AS DOUBLE) FROM ${source}`,
  );
  const distinct = asNumbers(counted.columns[0])[0] ?? 0;
  const isDiscrete = asNumbers(counted.columns[1])[0] === 1;
  const task = declared ?? guessTask(distinct, isNumber, isDiscrete);
  if (task === 'regression') return regressionLabel(data.label, isNumber, type);
  if (!isDiscrete)
    throw new DataError(`label "${data.label}" has fractions, which are no classes: say task: 'regression'`);
  checkClassCount(data.label, distinct, task);
  const { columns } = await queryColumns(
    connection,
    `SELECT DISTINCT ${classExpression(data.label, type)} FROM ${source} WHERE ${column} IS NOT NULL`,
  );
  return { task, classes: sortClasses(asTexts(columns[0]).map(String)) };
}

function guessTask(distinct: number, isNumber: boolean, isDiscrete: boolean): Task {
  if (distinct <= 2 && isDiscrete) return 'binary';
  return !isNumber || (isDiscrete && distinct <= fewClasses) ? 'multiclass' : 'regression';
}

function regressionLabel(label: string, isNumber: boolean, type: string): LabelKind {
  if (isNumber) return { task: 'regression', classes: [] };
  throw new DataError(`label "${label}" is a ${type}: a regression needs numbers`);
}

function checkClassCount(label: string, distinct: number, task: Task): void {
  if (distinct < 2) throw new DataError(`label "${label}" has one class only: there is nothing to learn`);
  if (distinct > maxClasses) {
    throw new DataError(
      `label "${label}" has ${distinct} classes, more than ${maxClasses}: was task: 'regression' meant?`,
    );
  }
  if (task === 'binary' && distinct > 2) {
    throw new DataError(`label "${label}" has ${distinct} classes, a binary task has two: say task: 'multiclass'`);
  }
}

function sortClasses(classes: readonly string[]): readonly string[] {
  const areNumbers = classes.every((name) => name !== '' && Number.isFinite(Number(name)));
  return classes.toSorted(areNumbers ? (a, b) => Number(a) - Number(b) : undefined);
}
