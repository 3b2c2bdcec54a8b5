import type { IncomingMessage } from 'node:http';

/** Larger bodies are read as the framework reads them. */
const mostBytes = 64 * 1024;
const path = /^\/v1\/models\/([a-z0-9-]+)\/predict$/;

/** The model of a request to predict that is plain as far as its head tells: JSON of a known, small length; else null. */
export function modelOfPlain({ method, url, headers }: IncomingMessage): string | null {
  if (method !== 'POST' || !isSmallJson(headers)) return null;
  return path.exec(url ?? '')?.[1] ?? null;
}

function isSmallJson(headers: IncomingMessage['headers']): boolean {
  const type = headers['content-type'];
  if (type !== 'application/json' && type !== 'application/json; charset=utf-8') return false;
  const length = Number(headers['content-length']);
  return length > 0 && length <= mostBytes && headers.expect === undefined && headers['content-encoding'] === undefined;
}
