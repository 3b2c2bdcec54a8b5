import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { MlflowError } from '../errors.ts';
import { authHeaders } from '../http/address.ts';
import { describeRefusal } from '../http/describe-answer.ts';
import { describeNetworkFailure } from '../http/describe-failure.ts';
import { abortError } from '../http/transport.ts';
import type { Auth, MlflowClientOptions } from '../options.ts';

export interface TransferOptions {
  readonly base: string;
  readonly auth: Auth;
  readonly timeoutMs: number;
  readonly tls?: MlflowClientOptions['tls'];
}

export interface TransferRequest {
  readonly method: 'PUT' | 'GET' | 'DELETE';
  readonly url: string;
  readonly body?: AsyncIterable<Uint8Array>;
  /** Length of the body where it is known; else it goes in chunks. */
  readonly bytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What went over the wire. */
export interface Transferred {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Moves bytes by node:http: fetch can't send a stream of a known length, and takes several times the CPU. */
export type Transfer = <T>(request: TransferRequest, use: (answer: IncomingMessage) => Promise<T>) => Promise<T>;

const longestRefusal = 100_000;
/** By Node's own 16 KB a server that sends must wait for every write to the disk. */
const readAheadBytes = 1 << 20;

export function createTransfer(options: TransferOptions): Transfer {
  const isSecure = options.base.startsWith('https:');
  const sockets = { keepAlive: true, highWaterMark: readAheadBytes };
  const agent = isSecure ? new SecureAgent({ ...sockets, ...options.tls }) : new Agent(sockets);
  const open = isSecure ? httpsRequest : httpRequest;

  return async (request, use) => {
    const { method, url, body, bytes, signal } = request;
    const where = `${method} ${new URL(url).pathname} at ${options.base}`;
    const headers = {
      ...(await authHeaders(options.auth, false)),
      ...(bytes === undefined ? {} : { 'content-length': bytes }),
    };
    const outgoing = open(url, { method, headers, agent, ...(signal === undefined ? {} : { signal }) });
    let silence: Error | null = null;
    outgoing.on('error', () => undefined); // told by what is waited for; this hears what comes after
    outgoing.setTimeout(options.timeoutMs, () => {
      silence = new DOMException('silence', 'TimeoutError');
      outgoing.destroy(silence);
    });
    try {
      const answer = await exchange(outgoing, body);
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) return await use(answer);
      throw describeRefusal(where, status, await readText(answer));
    } catch (error) {
      if (error instanceof MlflowError) throw error;
      const why = signal?.aborted === true ? abortError() : (silence ?? error);
      throw describeNetworkFailure(why, where, options.timeoutMs);
    } finally {
      if (!outgoing.destroyed && !outgoing.writableFinished) outgoing.destroy();
    }
  };
}

/** A server may refuse before it has heard all: then its answer counts, not that the rest could not be sent. */
async function exchange(
  outgoing: ClientRequest,
  body: AsyncIterable<Uint8Array> | undefined,
): Promise<IncomingMessage> {
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  if (body === undefined) {
    outgoing.end();
    return (await answered)[0];
  }
  const sent = pipeline(body, outgoing);
  const isAnswered = answered.then(
    () => true,
    () => false,
  );
  const [answer] = await Promise.race([
    Promise.all([answered, sent]).then(([found]) => found),
    sent.then(
      () => new Promise<never>(() => undefined),
      async (error: unknown) => {
        if (await isAnswered) return await answered;
        throw error;
      },
    ),
    answered.then((found) => ((found[0].statusCode ?? 0) >= 300 ? found : new Promise<never>(() => undefined))),
  ]);
  return answer;
}

async function readText(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > longestRefusal) break;
  }
  return text;
}

/** Lets bytes through, counted and hashed. */
export async function* measure(
  source: AsyncIterable<Uint8Array>,
  onProgress: ((bytes: number) => void) | undefined,
  tell: (transferred: Transferred) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash: Hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    bytes += chunk.byteLength;
    yield chunk;
    onProgress?.(bytes);
  }
  tell({ bytes, sha256: hash.digest('hex') });
}
