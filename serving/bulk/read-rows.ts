import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { z } from 'zod';
import type { FeatureRow } from '../../adapters/data/feature-rows.ts';
import type { FeatureValue } from '../../adapters/ports/store.ts';
import { entitySchema, timeSchema } from '../../config/wire.ts';
import type { Feature } from '../../domain/table.ts';
import { ServiceError } from '../errors.ts';
import { inBatches, type Batch, type ReadRow } from './batch.ts';
import { createRowSplitter, type RowForm } from './row-form.ts';

/** JSON as a whole. Rows are looked at one by one, so that one that is none costs itself alone. */
export const jsonBodySchema = z.union([
  z.array(z.unknown()),
  z.object({
    rows: z.array(z.unknown()),
    entities: z.array(entitySchema).optional(),
    times: z.array(timeSchema).optional(),
  }),
]);

/** JSON is read as a whole: an array of rows, or the body of a single request. */
export async function* readJson(body: Readable, form: RowForm, limitBytes: number): AsyncGenerator<Batch> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // A request that is read no further is still to be answered.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) {
      const advice = 'send NDJSON, CSV or Arrow, which are read row by row';
      throw new ServiceError('body-too-large', `JSON may have ${limitBytes} bytes here: ${advice}`);
    }
    chunks.push(chunk);
  }
  const parsed = parseJson(Buffer.concat(chunks).toString('utf8'));
  const rows = Array.isArray(parsed) ? parsed : (parsed as { rows?: unknown } | null | undefined)?.rows;
  if (!Array.isArray(rows)) {
    throw new ServiceError('request-invalid', 'the body must be a JSON array of rows, or {"rows": […]}');
  }
  const entities = readBeside(parsed, 'entities', entitySchema, form);
  const times = readBeside(parsed, 'times', timeSchema, form);
  const split = createJsonSplitter(form);
  yield* inBatches(
    rows.map((value, index) => {
      const row = split(value);
      if (row.kind === 'unreadable') return row;
      return { ...row, entity: entities?.[index] ?? row.entity, time: times?.[index] ?? row.time };
    }),
  );
}

const columnOf = { entities: 'entity', times: 'time' } as const;

/** What a body says of its rows beside them, an entry for each, as a single request does; null where it says nothing. */
function readBeside(
  parsed: unknown,
  field: keyof typeof columnOf,
  schema: z.ZodType<string>,
  { about }: RowForm,
): readonly string[] | null {
  const { rows = [], [field]: values } = parsed as { rows?: readonly unknown[] } & Partial<
    Record<typeof field, unknown>
  >;
  if (values === undefined) return null;
  const refuse = (message: string, where: string = field): ServiceError =>
    new ServiceError('request-invalid', message, { field: where });
  const column = columnOf[field];
  if (about[column] !== null) throw refuse(`${field} come beside the rows, or in them with ?${column}=: choose one`);
  const read = z.array(schema).safeParse(values);
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = `${field}${(issue?.path ?? []).map((index) => `[${String(index)}]`).join('')}`;
    throw refuse(`${where}: ${issue?.message ?? 'is invalid'}`, where);
  }
  if (read.data.length === rows.length) return read.data;
  throw refuse(`${field} has ${read.data.length} entries, rows has ${rows.length}: give one per row, or none`);
}

/** One JSON object a line. */
export async function* readNdjson(body: Readable, form: RowForm, limitBytes: number): AsyncGenerator<Batch> {
  yield* inBatches(parseLines(body, form, limitBytes));
}

async function* parseLines(body: Readable, form: RowForm, limitBytes: number): AsyncGenerator<ReadRow> {
  const split = createJsonSplitter(form);
  for await (const line of splitLines(body, limitBytes)) {
    if (line.trim() !== '') yield split(parseJson(line));
  }
}

async function* splitLines(body: Readable, limitBytes: number): AsyncGenerator<string> {
  body.setEncoding('utf8');
  let rest = '';
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > limitBytes) {
      throw new ServiceError('body-too-large', `a line may have ${limitBytes} bytes here`);
    }
    yield* lines;
  }
  yield rest;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function createJsonSplitter(form: RowForm): (value: unknown) => ReadRow {
  const split = createRowSplitter(form);
  return (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? split(value as Readonly<Record<string, unknown>>)
      : { kind: 'unreadable', problem: ' is no JSON object' };
}

/** A header of feature names, then a line a row; an empty cell is missing. */
export async function* readCsv(body: Readable, form: RowForm, limitBytes: number): AsyncGenerator<Batch> {
  const parser = body.pipe(
    parse({ columns: true, bom: true, relax_column_count: true, max_record_size: limitBytes, skip_empty_lines: true }),
  );
  body.once('error', (error) => parser.destroy(error));
  try {
    yield* inBatches(convert(parser, form));
  } catch (cause) {
    if (cause instanceof ServiceError || !(cause instanceof Error && 'code' in cause)) throw cause;
    throw new ServiceError('request-invalid', `the CSV can't be read: ${cause.message}`, { cause });
  } finally {
    parser.destroy();
  }
}

async function* convert(
  records: AsyncIterable<Readonly<Record<string, string>>>,
  form: RowForm,
): AsyncGenerator<ReadRow> {
  const types = new Map(form.schema.features.map(({ name, type }) => [name, type]));
  const split = createRowSplitter(form);
  for await (const record of records) {
    // Before its cells are read: an entity is the text that was sent, also where it looks like a number.
    const row = split(record);
    if (row.kind === 'unreadable') yield row;
    else {
      const cells = Object.entries(row.features).map(([name, text]) => [name, fromText(types.get(name), String(text))]);
      yield { ...row, features: Object.fromEntries(cells) as FeatureRow };
    }
  }
}

/** What is no number or truth value stays text, which is refused by its feature's name. */
function fromText(type: Feature['type'] | undefined, text: string): FeatureValue {
  if (text === '') return null;
  if (type === 'numeric') return Number.isFinite(Number(text)) ? Number(text) : text;
  if (type === 'boolean') return { true: true, false: false, 1: true, 0: false }[text.toLowerCase()] ?? text;
  return text;
}
