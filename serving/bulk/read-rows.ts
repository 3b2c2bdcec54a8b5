import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { FeatureRow } from '../../adapters/data/feature-rows.ts';
import type { FeatureValue } from '../../adapters/ports/store.ts';
import type { DataSchema, Feature } from '../../domain/table.ts';
import { ServiceError } from '../errors.ts';
import { inBatches, type Batch, type ReadRow } from './batch.ts';

/** JSON is read as a whole: an array of rows, or the body of a single request. */
export async function* readJson(body: Readable, limitBytes: number): AsyncGenerator<Batch> {
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
  yield* inBatches(rows.map(toReadRow));
}

/** One JSON object a line. */
export async function* readNdjson(body: Readable, limitBytes: number): AsyncGenerator<Batch> {
  yield* inBatches(parseLines(body, limitBytes));
}

async function* parseLines(body: Readable, limitBytes: number): AsyncGenerator<ReadRow> {
  for await (const line of splitLines(body, limitBytes)) {
    if (line.trim() !== '') yield toReadRow(parseJson(line));
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

function toReadRow(value: unknown): ReadRow {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as FeatureRow;
  return { unreadable: 'is no JSON object' };
}

/** A header of feature names, then a line a row; an empty cell is missing. */
export async function* readCsv(body: Readable, schema: DataSchema, limitBytes: number): AsyncGenerator<Batch> {
  const parser = body.pipe(
    parse({ columns: true, bom: true, relax_column_count: true, max_record_size: limitBytes, skip_empty_lines: true }),
  );
  body.once('error', (error) => parser.destroy(error));
  try {
    yield* inBatches(convert(parser, schema));
  } catch (cause) {
    if (cause instanceof ServiceError || !(cause instanceof Error && 'code' in cause)) throw cause;
    throw new ServiceError('request-invalid', `the CSV can't be read: ${cause.message}`, { cause });
  } finally {
    parser.destroy();
  }
}

async function* convert(
  records: AsyncIterable<Readonly<Record<string, string>>>,
  { features }: DataSchema,
): AsyncGenerator<ReadRow> {
  const types = new Map(features.map(({ name, type }) => [name, type]));
  for await (const record of records) {
    const cells = Object.entries(record).map(([name, text]) => [name, fromText(types.get(name), text)]);
    yield Object.fromEntries(cells) as FeatureRow;
  }
}

/** What is no number or truth value stays text, which is refused by its feature's name. */
function fromText(type: Feature['type'] | undefined, text: string): FeatureValue {
  if (text === '') return null;
  if (type === 'numeric') return Number.isFinite(Number(text)) ? Number(text) : text;
  if (type === 'boolean') return { true: true, false: false, 1: true, 0: false }[text.toLowerCase()] ?? text;
  return text;
}
