import {
  Dictionary,
  Int32,
  Message,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toWholeMessages } from '../../../serving/bulk/whole-messages.ts';

const batchOf = (rows: number, from: number): Table =>
  new Table({
    number: vectorFromArray(Float64Array.from({ length: rows }, (_, row) => from + row)),
    text: vectorFromArray(Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? null : `text ${from + row}`)), new Utf8()), // prettier-ignore
  });

function toStream(batches: readonly number[]): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  for (const [index, rows] of batches.entries()) writer.write(batchOf(rows, 1_000 * index).batches[0]!);
  writer.finish();
  return writer.toUint8Array(true);
}

async function* cutAt(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let [from, index] = [0, 0]; from < bytes.length; index += 1) {
    const size = sizes[index % sizes.length]!;
    yield Uint8Array.from(bytes.subarray(from, from + size));
    from += size;
  }
}

/** What is read of it: rows, batch by batch, each taken before the next one is read. */
async function read(chunks: AsyncIterable<Uint8Array>): Promise<string[][]> {
  const batches: string[][] = [];
  for await (const batch of await RecordBatchReader.from(chunks)) {
    batches.push(batch.toArray().map((row) => JSON.stringify(row)));
  }
  return batches;
}

describe('an Arrow stream cut into whole messages', () => {
  it('says the same, whatever the chunks that it comes in, and one after another', async () => {
    const batches = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });
    const sizes = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(batches, sizes, async (rows, cuts) => {
        const stream = toStream(rows);
        const expected = rows.map((count, index) => batchOf(count, 1_000 * index).toArray().map((row) => JSON.stringify(row))); // prettier-ignore
        expect(await read(toWholeMessages(cutAt(stream, cuts)))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('has each body in one piece, and record batches in the same room', async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of toWholeMessages(cutAt(toStream([500, 400]), [1_000]))) pieces.push(piece);
    const [, , , metadata, first, , , second] = pieces;
    expect(Message.decode(metadata!).bodyLength).toBe(first!.length);
    expect(second!.buffer).toBe(first!.buffer);
  });

  it('keeps its dictionaries, and leaves a file as it is', async () => {
    const words = vectorFromArray(['a', 'b', 'a'], new Dictionary(new Utf8(), new Int32()));
    const table = new Table({ words });
    for (const format of ['stream', 'file'] as const) {
      const found = await read(toWholeMessages(cutAt(tableToIPC(table, format), [50])));
      expect(found.flat()).toEqual(['{"words":"a"}', '{"words":"b"}', '{"words":"a"}']);
    }
  });

  it('cut short or of an impossible length is refused by its reader, and takes no more room than came', async () => {
    const stream = toStream([500]);
    await expect(read(toWholeMessages(cutAt(stream.subarray(0, -1_000), [200])))).rejects.toThrow(/Expected to read/);
    const endless = Uint8Array.from(stream.subarray(0, 2_000));
    new DataView(endless.buffer).setInt32(4, 0x7fffffff, true);
    await expect(read(toWholeMessages(cutAt(endless, [100])))).rejects.toThrow(/Expected to read/);
    expect(await read(toWholeMessages(cutAt(new Uint8Array(0), [1])))).toEqual([]);
  });
});
