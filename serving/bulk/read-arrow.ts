import type { Readable } from 'node:stream';
import { DataType, RecordBatchReader, Type, type RecordBatch, type Vector } from 'apache-arrow';
import type { FeatureRow } from '../../adapters/data/feature-rows.ts';
import type { Column, Feature, Table } from '../../domain/table.ts';
import { ServiceError } from '../errors.ts';
import type { Batch, ReadRow } from './batch.ts';
import { toReadRow, type RowForm } from './row-form.ts';
import { toWholeMessages } from './whole-messages.ts';

/** The record batches of an Arrow IPC stream or file, columns as they are; each is good until the next one is asked for. */
export async function* readArrow(body: Readable, form: RowForm): AsyncGenerator<Batch> {
  try {
    // Given the request itself, the reader would destroy it at the end, and with it the answer.
    const chunks = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    const reader = await RecordBatchReader.from(toWholeMessages(chunks));
    for await (const batch of reader) yield toBatch(batch, form);
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServiceError('request-invalid', `the body is no Arrow IPC stream: ${reason}`, { cause });
  }
}

function toBatch(batch: RecordBatch, { schema: { features }, about }: RowForm): Batch {
  const columns = features.map((feature) => [feature.name, toColumn(batch, feature)] as const);
  const table = { rowCount: batch.numRows, columns: Object.fromEntries(columns) };
  const entities = about.entity === null ? null : toColumn(batch, { name: about.entity, type: 'categorical' });
  const times = about.time === null ? null : toColumn(batch, { name: about.time, type: 'timestamp' });
  const toRows = (): readonly ReadRow[] =>
    toFeatureRows(table, features).map((row, index) =>
      toReadRow(row, about, entities?.values[index], toValue(times?.values[index] ?? null, 'timestamp')),
    );
  return { kind: 'table', table, isAbout: entities !== null || times !== null, toRows };
}

function toColumn(batch: RecordBatch, { name, type }: Feature): Column {
  const vector = batch.getChild(name);
  if (vector === null) {
    throw new ServiceError('feature-invalid', `the Arrow schema has no column "${name}"`, { field: name });
  }
  if (type === 'categorical') {
    if (DataType.isUtf8(vector.type) || DataType.isLargeUtf8(vector.type) || DataType.isDictionary(vector.type)) {
      return { kind: 'categorical', values: vector.toArray() as (string | null)[] };
    }
    throw wrongType(name, vector, 'utf8 or a dictionary of utf8');
  }
  return { kind: 'numeric', values: toNumbers(vector, name, type) };
}

function wrongType(name: string, { type }: Vector, right: string): ServiceError {
  const message = `the Arrow column "${name}" is ${String(type)}: send ${right}`;
  return new ServiceError('feature-invalid', message, { field: name });
}

/** Missing is NaN; a double without nulls is not even copied. */
function toNumbers(vector: Vector, name: string, type: Feature['type']): Float64Array {
  const { typeId } = vector.type as DataType;
  const isNumber = typeId === Type.Float || typeId === Type.Int;
  const isTime = typeId === Type.Timestamp || typeId === Type.Date;
  const isRight = type === 'boolean' ? typeId === Type.Bool || isNumber : type === 'timestamp' ? isTime : isNumber;
  if (!isRight)
    throw wrongType(name, vector, { boolean: 'bool', timestamp: 'timestamp or date' }[type as string] ?? 'a number');
  const plain = vector.nullCount === 0 && isNumber ? (vector.toArray() as ArrayLike<number>) : null;
  if (plain instanceof Float64Array) return plain;
  if (plain instanceof Float32Array || plain instanceof Int32Array) return Float64Array.from(plain);
  return Float64Array.from({ length: vector.length }, (_, row) => {
    const value: unknown = vector.get(row);
    return value === null ? Number.NaN : Number(value);
  });
}

/** Rows as they would have come as JSON, for the log. */
function toFeatureRows({ rowCount, columns }: Table, features: readonly Feature[]): readonly FeatureRow[] {
  return Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(features.map(({ name, type }) => [name, toValue(columns[name]!.values[row] ?? null, type)])),
  );
}

function toValue(value: number | string | null, type: Feature['type']): number | string | boolean | null {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return null;
  if (type === 'timestamp') return new Date(value).toISOString();
  return type === 'boolean' ? value !== 0 : value;
}
