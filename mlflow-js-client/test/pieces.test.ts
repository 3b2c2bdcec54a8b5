import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gather, writePieces } from '../src/artifacts/pieces.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pieces-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const chunksOf = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 });

async function* send(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

test('gathers the same bytes, in pieces of one size but for the last', async () => {
  await fc.assert(
    fc.asyncProperty(chunksOf, fc.integer({ min: 1, max: 40 }), async (chunks, pieceBytes) => {
      const pieces: Buffer[] = [];
      for await (const piece of gather(send(chunks), pieceBytes)) pieces.push(Buffer.from(piece));
      expect(Buffer.concat(pieces)).toEqual(Buffer.concat(chunks));
      for (const piece of pieces.slice(0, -1)) expect(piece.length).toBe(pieceBytes);
    }),
  );
});

test('writes what is gathered, though the buffers are used again', async () => {
  const file = join(folder, 'written');
  await fc.assert(
    fc.asyncProperty(chunksOf, fc.integer({ min: 1, max: 40 }), async (chunks, pieceBytes) => {
      await writePieces(gather(send(chunks), pieceBytes), file);
      expect(await readFile(file)).toEqual(Buffer.concat(chunks));
    }),
    { numRuns: 50 },
  );
});

test('tells what went wrong at the source', async () => {
  async function* breakOff(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from('begun'));
    throw new Error('cut off');
  }
  await expect(writePieces(gather(breakOff(), 4), join(folder, 'broken'))).rejects.toThrow('cut off');
});
