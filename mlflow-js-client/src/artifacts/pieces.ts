import { open } from 'node:fs/promises';

/**
 * The same bytes in pieces of one size, for a server may send them in thousands of small ones, and each costs a call of its own to hash
 * and to write. Two buffers take turns: a piece is good until the next but one is asked for.
 */
export async function* gather(
  source: AsyncIterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let filling = Buffer.allocUnsafe(pieceBytes);
  let handedOut = Buffer.allocUnsafe(pieceBytes);
  let filled = 0;
  for await (const chunk of source) {
    for (let taken = 0; taken < chunk.byteLength;) {
      const part = chunk.subarray(taken, taken + pieceBytes - filled);
      filling.set(part, filled);
      filled += part.byteLength;
      taken += part.byteLength;
      if (filled < pieceBytes) continue;
      yield filling;
      [filling, handedOut] = [handedOut, filling];
      filled = 0;
    }
  }
  if (filled > 0) yield filling.subarray(0, filled);
}

/** Into a new file; a piece is on its way to the disk while the next one is gathered, and no more than that one. */
export async function writePieces(pieces: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  const handle = await open(file, 'w');
  let writing: Promise<unknown> = Promise.resolve();
  try {
    for await (const piece of pieces) {
      await writing;
      writing = handle.writeFile(piece);
      writing.catch(() => undefined); // told when it is waited for
    }
    await writing;
  } finally {
    await writing.catch(() => undefined);
    await handle.close();
  }
}
