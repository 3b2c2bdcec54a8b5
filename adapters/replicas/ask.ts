import { X509Certificate } from 'node:crypto';
import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestTls, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { formatApiKey, internalKey } from '../security/api-key.ts';
import { readHomeSecret } from '../security/home-secret.ts';

export interface Question {
  readonly replicaId: string;
  readonly address: string;
  /** PEM of what the replica says it shows. */
  readonly certificate?: string | undefined;
  /** Sent as JSON by POST; without it, GET. */
  readonly body?: object;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks a replica of the same home. Rejects, naming the replica, when it doesn't answer. */
export type Ask = (question: Question) => Promise<Answer>;

/** @param securityDirectory where the secret lies that opens locked doors; null for open doors only */
export function createAsk(securityDirectory: string | null, timeoutMs: number): Ask {
  let key: Promise<string> | null = null;
  const readKey = async (directory: string): Promise<string> =>
    formatApiKey(internalKey(await readHomeSecret(directory)));
  return async (question) => {
    try {
      if (securityDirectory !== null) key ??= readKey(securityDirectory);
      const authorization = key === null ? {} : { authorization: `Bearer ${await key}` };
      return await send(question, authorization, AbortSignal.timeout(timeoutMs));
    } catch (cause) {
      key = null;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`replica ${question.replicaId} does not answer at ${question.address}: ${why}`, { cause });
    }
  };
}

async function send(
  { address, certificate, body }: Question,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  const content = body === undefined ? null : JSON.stringify(body);
  const typed = content === null ? headers : { ...headers, 'content-type': 'application/json' };
  const options = { method: content === null ? 'GET' : 'POST', headers: typed, signal, agent: false as const };
  const response = await new Promise<IncomingMessage>((answered, failed) => {
    const isTls = address.startsWith('https:');
    const request = isTls
      ? requestTls(address, { ...options, ...pinTo(certificate) }, answered)
      : requestPlain(address, options, answered);
    request.once('error', failed).end(content);
  });
  return { status: response.statusCode ?? 0, text: await text(response) };
}

/**
 * Believes the very certificate that the replica left in the home, whoever issued it and for whatever name: replicas are called by address,
 * and who may write in the home is believed anyway.
 */
function pinTo(certificate: string | undefined): RequestOptions {
  if (certificate === undefined) return {};
  const expected = new X509Certificate(certificate);
  return {
    ca: certificate,
    allowPartialTrustChain: true,
    checkServerIdentity: (_host, { raw }) =>
      raw.equals(expected.raw) ? undefined : new Error('it shows another certificate than it says'),
  };
}
