import { makeData, RecordBatch, RecordBatchStreamWriter, Field, Float64, Schema, Struct } from 'apache-arrow';
import { createRng } from '../../domain/math/rng.ts';
import { drawRows, schema } from './network.ts';

/** How rows are sent, and answered. */
export type Form = 'arrow' | 'csv' | 'ndjson' | 'json';

export const mediaTypes: Readonly<Record<Form, string>> = {
  arrow: 'application/vnd.apache.arrow.stream',
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};

/** Rows of a record batch. */
const batchRows = 50_000;
const names = schema.features.map(({ name }) => name);

/** So many rows in a form. */
export function writeBody(form: Form, rows: number): Uint8Array {
  if (form === 'arrow') return writeArrow(rows);
  // A thousand different ones are as good as a million.
  const some = drawRows(1_000, 3);
  const all = Array.from({ length: rows }, (_, index) => some[index % some.length]!);
  switch (form) {
    case 'csv':
      return Buffer.from([names.join(','), ...all.map((row) => names.map((name) => row[name]).join(','))].join('\n'));
    case 'ndjson':
      return Buffer.from(all.map((row) => JSON.stringify(row)).join('\n'));
    case 'json':
      return Buffer.from(JSON.stringify({ rows: all }));
  }
}

function writeArrow(rows: number): Uint8Array {
  const fields = new Schema(names.map((name) => new Field(name, new Float64(), true)));
  const writer = new RecordBatchStreamWriter();
  const random = createRng(3);
  const columns = names.map(() => Float64Array.from({ length: Math.min(rows, batchRows) }, () => random() * 10 - 5));
  for (let from = 0; from < rows; from += batchRows) {
    const length = Math.min(batchRows, rows - from);
    const children = columns.map((column) =>
      makeData({ type: new Float64(), length, nullCount: 0, data: column.subarray(0, length) }),
    );
    writer.write(
      new RecordBatch(fields, makeData({ type: new Struct(fields.fields), length, nullCount: 0, children })),
    );
  }
  writer.finish();
  return writer.toUint8Array(true);
}
