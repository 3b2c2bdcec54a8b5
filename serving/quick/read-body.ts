import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

const none = Buffer.alloc(0);

/** Calls back once with the whole body; never where the client goes away before. Most bodies are one piece, which is not copied. */
export function readBody(request: IncomingMessage, onBody: (body: Buffer) => void): void {
  let body: Buffer | null = null;
  let pieces: Buffer[] | null = null;
  request.on('data', (piece: Buffer) => {
    if (body === null) body = piece;
    else (pieces ??= [body]).push(piece);
  });
  request.on('end', () => onBody(pieces === null ? (body ?? none) : Buffer.concat(pieces)));
}

const bodies = new WeakMap<IncomingMessage, Buffer>();

/** Keeps a body for whoever reads the request after all. */
export function keepBody(request: IncomingMessage, body: Buffer): void {
  bodies.set(request, body);
}

/** The body of a request that was read before, to be read again; null where it was not. */
export function reread(request: IncomingMessage): Readable | null {
  const body = bodies.get(request);
  if (body === undefined) return null;
  const stream = new Readable({ read: () => undefined });
  stream.push(body);
  stream.push(null);
  return stream;
}
