import {
  AsyncByteQueue,
  Field,
  Float64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
  vectorFromArray,
  type Data,
} from 'apache-arrow';
import type { DataSchema } from '../../domain/table.ts';
import { likeliest } from '../answers.ts';
import type { Answers } from './answer-batches.ts';

const allWords = ['id', 'label', 'error'];

/**
 * An Arrow IPC stream of as many rows as came in: `value` of a regression, or `p_<class>` for each class; before them `id`, `label` and
 * `error`, except where outputs alone were asked for.
 */
export async function* writeArrow(
  answers: AsyncIterable<Answers>,
  schema: DataSchema,
  hasWords: boolean,
): AsyncGenerator<Uint8Array> {
  const names = schema.classes.length === 0 ? ['value'] : schema.classes.map((name) => `p_${name}`);
  const words = hasWords ? allWords : [];
  const fields = new Schema([
    ...words.map((name) => new Field(name, new Utf8(), true)),
    ...names.map((name) => new Field(name, new Float64(), true)),
  ]);
  const queue = new TakenQueue();
  const writer = new RecordBatchStreamWriter();
  writer.reset(queue, fields);
  for await (const batch of answers) {
    writer.write(toRecordBatch(batch, fields, schema, words.length));
    yield* queue.take();
  }
  writer.finish();
  yield* queue.take();
}

/** Smaller pieces are put together; larger ones leave as they are. */
const smallBytes = 16_384;

/** What the writer has written so far; its own queue would grow as long as nobody reads. */
class TakenQueue extends AsyncByteQueue {
  #written: Uint8Array[] = [];
  override write(value: Uint8Array): void {
    this.#written.push(value);
  }
  *take(): Generator<Uint8Array> {
    let small: Uint8Array[] = [];
    for (const piece of this.#written) {
      if (piece.length < smallBytes) small.push(piece);
      else {
        if (small.length > 0) yield Buffer.concat(small);
        yield piece;
        small = [];
      }
    }
    this.#written = [];
    if (small.length > 0) yield Buffer.concat(small);
  }
}

function toRecordBatch(batch: Answers, fields: Schema, schema: DataSchema, words: number): RecordBatch {
  const children =
    batch.kind === 'outputs'
      ? [...(words === 0 ? [] : outputWords(batch.outputs, schema)), ...outputColumns(batch.outputs, schema)]
      : rowColumns(batch.rows, schema).slice(words === 0 ? allWords.length : 0);
  const length = batch.kind === 'outputs' ? batch.outputs.values.length / batch.outputs.width : batch.rows.length;
  return new RecordBatch(fields, makeData({ type: new Struct(fields.fields), length, nullCount: 0, children }));
}

type OutputsOf = Extract<Answers, { kind: 'outputs' }>['outputs'];

function outputColumns({ width, values }: OutputsOf, { classes }: DataSchema): Data[] {
  const rows = values.length / width;
  // What a model has answered is nobody else's.
  const own = values instanceof Float64Array ? values : Float64Array.from(values);
  if (classes.length === 0) return [toFloats(own)];
  if (classes.length === 2) return [toFloats(toOthers(own)), toFloats(own)];
  return classes.map((_, index) => {
    const column = new Float64Array(rows);
    for (let row = 0; row < rows; row += 1) column[row] = values[row * width + index]!;
    return toFloats(column);
  });
}

/** In the order of `allWords`: what nobody logs has no id, and a row of columns no error. */
function outputWords(outputs: OutputsOf, { classes }: DataSchema): Data[] {
  const rows = outputs.values.length / outputs.width;
  return [noTexts(rows), classes.length === 0 ? noTexts(rows) : toLabels(outputs, classes), noTexts(rows)];
}

function noTexts(length: number): Data {
  const [valueOffsets, nullBitmap] = [new Int32Array(length + 1), new Uint8Array(Math.ceil(length / 8))];
  return makeData({ type: new Utf8(), length, nullCount: length, valueOffsets, nullBitmap, data: new Uint8Array(0) });
}

/** The likeliest class of each row. */
function toLabels({ width, values }: OutputsOf, classes: readonly string[]): Data {
  const length = values.length / width;
  const names = classes.map((name) => Buffer.from(name));
  const bytes = new Uint8Array(length * Math.max(...names.map((name) => name.length)));
  const valueOffsets = new Int32Array(length + 1);
  let end = 0;
  for (let row = 0; row < length; row += 1) {
    const name = names[likeliest(values, row * width, width)]!;
    for (let at = 0; at < name.length; at += 1) bytes[end + at] = name[at]!;
    end += name.length;
    valueOffsets[row + 1] = end;
  }
  return makeData({ type: new Utf8(), length, nullCount: 0, valueOffsets, data: bytes.subarray(0, end) });
}

/** Shares of the first of two classes. */
function toOthers(second: Float64Array): Float64Array {
  const first = new Float64Array(second.length);
  for (let row = 0; row < first.length; row += 1) first[row] = 1 - second[row]!;
  return first;
}

function toFloats(data: Float64Array): Data {
  return makeData({ type: new Float64(), length: data.length, nullCount: 0, data });
}

type Rows = Extract<Answers, { kind: 'rows' }>['rows'];

function rowColumns(rows: Rows, { classes }: DataSchema): Data[] {
  const predictions = rows.map((row) => ('error' in row ? null : row));
  const errors = rows.map((row) => ('error' in row ? row.error.message : null));
  const numbers =
    classes.length === 0
      ? [predictions.map((one) => one?.value ?? null)]
      : classes.map((name) => predictions.map((one) => one?.probabilities?.[name] ?? null));
  return [
    // In the order of `allWords`.
    toTexts(predictions.map((one) => (one === null || one.id === '' ? null : one.id))),
    toTexts(predictions.map((one) => one?.label ?? null)),
    toTexts(errors),
    ...numbers.map((column) => vectorFromArray(column, new Float64()).data[0]!),
  ];
}

function toTexts(texts: readonly (string | null)[]): Data {
  return vectorFromArray(texts, new Utf8()).data[0]!;
}
