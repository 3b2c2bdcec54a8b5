import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createMlflowClient, type MlflowClient, type MlflowClientOptions } from '../src/index.ts';
import { selfSigned } from './certificate.ts';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (response: ServerResponse, asked: Asked) => void;

/** Retries at once, so that a test needs no patience. */
export const impatient = { retry: { firstDelayMs: 1, maxDelayMs: 50 } };

export const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const page =
  (status: number, body: string): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end(body);

/** Cuts the connection once the request was heard: nobody knows whether it was carried out. */
export const hangUp: Answer = (response) => void response.socket?.destroy();

export const silence: Answer = () => undefined;

/** A server that answers as told, in turn, the last for ever; and a client of it. A fault like these can't be had from a real one. */
export async function scripted(
  answers: readonly Answer[],
  options: Partial<MlflowClientOptions> = {},
): Promise<{ client: MlflowClient; asked: readonly Asked[]; url: string }> {
  const asked: Asked[] = [];
  const url = await listen(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) body += chunk;
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    asked.push(one);
    answers[Math.min(asked.length, answers.length) - 1]?.(response, one);
  });
  return { client: createMlflowClient({ trackingUri: url, ...impatient, ...options }), asked, url };
}

type Listener = (...heard: Parameters<RequestListener>) => void | Promise<void>;

export async function listen(hear: Listener, isSecure = false): Promise<string> {
  const listener: RequestListener = (request, response) => void hear(request, response);
  const server = isSecure ? createSecureServer(selfSigned, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http${isSecure ? 's' : ''}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
