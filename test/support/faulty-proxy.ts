import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** What becomes of a request: passed on, refused before or after the server has done it, or answered late. */
export type Fault = 'pass' | 'fail-before' | 'fail-after' | 'hang-up-after' | 'slow';

export interface FaultyProxy {
  readonly url: string;
  /** Each request that arrived, as "METHOD /path". */
  readonly seen: readonly string[];
}

const slowMs = 150;

/** Stands before a real server and misbehaves where it is told to. */
export async function startFaultyProxy(
  target: string,
  decide: (seen: { readonly method: string; readonly path: string }) => Fault,
): Promise<FaultyProxy> {
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const method = incoming.method ?? '';
    const path = new URL(incoming.url ?? '', target).pathname;
    seen.push(`${method} ${path}`);
    void answer(target, decide({ method, path }), incoming, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function answer(
  target: string,
  fault: Fault,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  if (fault === 'fail-before') {
    incoming.resume();
    outgoing.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal Server Error</h1>');
    return;
  }
  if (fault === 'slow') await sleep(slowMs);
  const { method, headers } = incoming;
  const { host: _host, ...others } = headers;
  const onward = request(new URL(incoming.url ?? '', target), { method, headers: others }, (response) => {
    if (fault === 'pass' || fault === 'slow') {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
      return;
    }
    response.resume().once('end', () => {
      if (fault === 'hang-up-after') outgoing.socket?.destroy();
      else outgoing.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal Server Error</h1>');
    });
  });
  onward.once('error', () => outgoing.writeHead(502).end('Bad Gateway'));
  incoming.pipe(onward);
}
