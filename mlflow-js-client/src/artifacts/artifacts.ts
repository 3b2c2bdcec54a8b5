import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MlflowError } from '../errors.ts';
import { paginate } from '../http/paginate.ts';
import { withRetries } from '../http/retry.ts';
import type { CallOptions, Transport } from '../http/transport.ts';
import type { RetryOptions } from '../options.ts';
import { fileInfoSchema, pageOf, type FileInfo } from '../schemas.ts';
import { artifactUrl } from './location.ts';
import { gather, writePieces } from './pieces.ts';
import { measure, type Transfer, type Transferred } from './transfer.ts';

/** Text, bytes, a file, or a stream. A stream can be read once, and is therefore never sent a second time. */
export type ArtifactContent =
  | string
  | Uint8Array
  | { readonly file: string }
  | { readonly stream: AsyncIterable<Uint8Array>; readonly bytes?: number };

export interface TransferOptions extends Pick<CallOptions, 'signal'> {
  /** Bytes so far. */
  readonly onProgress?: (bytes: number) => void;
  /** What the content's SHA-256 must be, in hex: any other is CHECKSUM_MISMATCH. */
  readonly sha256?: string;
}

/** The files of runs and models. An artifact is named by its URI, e.g. `${run.artifactUri}/model/weights.bin`. */
export interface Artifacts {
  upload(uri: string, content: ArtifactContent, options?: TransferOptions): Promise<Transferred>;
  /** Into a file, which is there only when it is whole. */
  download(uri: string, file: string, options?: TransferOptions): Promise<Transferred>;
  /** Into memory. */
  read(uri: string, options?: TransferOptions): Promise<Uint8Array>;
  /** A file, or a folder with all that is in it. What is not there is deleted already. */
  delete(uri: string, options?: Pick<CallOptions, 'signal'>): Promise<void>;
  /** Files and folders of a run, of one folder at a time. */
  list(runId: string, path?: string, options?: CallOptions): AsyncGenerator<FileInfo, void, undefined>;
}

const listSchema = pageOf('files', fileInfoSchema);
const pieceBytes = 1 << 20;

export function createArtifacts(
  base: string,
  transport: Transport,
  transfer: Transfer,
  retry: RetryOptions,
): Artifacts {
  return {
    async upload(uri, content, options = {}) {
      const url = artifactUrl(base, uri);
      const isRepeatable = !isStream(content);
      const run = async (): Promise<Transferred> => await send(transfer, url, content, options);
      const sent = await withRetries(retry, { run, isRepeatable, signal: options.signal });
      verify(uri, sent, options.sha256);
      return sent;
    },
    async download(uri, file, options = {}) {
      const url = artifactUrl(base, uri);
      await mkdir(dirname(file), { recursive: true });
      const partial = `${file}.${process.pid}-${randomUUID().slice(0, 8)}.part`;
      const run = async (): Promise<Transferred> => await fetchInto(transfer, url, partial, options);
      try {
        const got = await withRetries(retry, { run, isRepeatable: true, signal: options.signal });
        verify(uri, got, options.sha256);
        await rename(partial, file);
        return got;
      } finally {
        await rm(partial, { force: true });
      }
    },
    async read(uri, options = {}) {
      const url = artifactUrl(base, uri);
      const run = async (): Promise<Uint8Array> => await fetchWhole(transfer, url, uri, options);
      return await withRetries(retry, { run, isRepeatable: true, signal: options.signal });
    },
    async delete(uri, { signal } = {}) {
      const url = artifactUrl(base, uri);
      const run = async (): Promise<void> => await remove(transfer, url, signal);
      await withRetries(retry, { run, isRepeatable: true, signal });
    },
    list: (runId, path, options) =>
      paginate(async (pageToken) => {
        const query = { run_id: runId, path, page_token: pageToken };
        return await transport.call({ method: 'GET', path: 'artifacts/list', query, answer: listSchema }, options);
      }),
  };
}

function isStream(content: ArtifactContent): content is Extract<ArtifactContent, { stream: unknown }> {
  return typeof content === 'object' && 'stream' in content;
}

async function send(
  transfer: Transfer,
  url: string,
  content: ArtifactContent,
  { onProgress, signal }: TransferOptions,
): Promise<Transferred> {
  const { source, bytes } = await openContent(content);
  let sent: Transferred = { bytes: 0, sha256: '' };
  const body = measure(source, onProgress, (transferred) => (sent = transferred));
  await transfer({ method: 'PUT', url, body, bytes, signal }, async (answer) => {
    answer.resume();
    await Promise.resolve();
  });
  return sent;
}

async function openContent(content: ArtifactContent): Promise<{ source: AsyncIterable<Uint8Array>; bytes?: number }> {
  if (isStream(content)) {
    return { source: content.stream, ...(content.bytes === undefined ? {} : { bytes: content.bytes }) };
  }
  if (typeof content === 'object' && 'file' in content) {
    const { size } = await stat(content.file);
    return { source: createReadStream(content.file, { highWaterMark: pieceBytes }), bytes: size };
  }
  const whole = typeof content === 'string' ? Buffer.from(content) : content;
  return { source: piecesOf(whole), bytes: whole.byteLength };
}

async function* piecesOf(whole: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let from = 0; from < whole.byteLength; from += pieceBytes)
    yield await Promise.resolve(whole.subarray(from, from + pieceBytes));
}

async function remove(transfer: Transfer, url: string, signal: AbortSignal | undefined): Promise<void> {
  await transfer({ method: 'DELETE', url, signal }, async (answer) => {
    answer.resume();
    await Promise.resolve();
  }).catch((error: unknown) => {
    if (!(error instanceof MlflowError && error.code === 'RESOURCE_DOES_NOT_EXIST')) throw error;
  });
}

async function fetchInto(
  transfer: Transfer,
  url: string,
  file: string,
  { onProgress, signal }: TransferOptions,
): Promise<Transferred> {
  return await transfer({ method: 'GET', url, signal }, async (answer) => {
    let got: Transferred = { bytes: 0, sha256: '' };
    const measured = measure(gather(answer, pieceBytes), onProgress, (transferred) => (got = transferred));
    await writePieces(measured, file);
    return got;
  });
}

async function fetchWhole(
  transfer: Transfer,
  url: string,
  uri: string,
  { onProgress, signal, sha256 }: TransferOptions,
): Promise<Uint8Array> {
  return await transfer({ method: 'GET', url, signal }, async (answer) => {
    const pieces: Uint8Array[] = [];
    const tell = (transferred: Transferred): void => verify(uri, transferred, sha256);
    for await (const piece of measure(answer, onProgress, tell)) pieces.push(piece);
    return Buffer.concat(pieces);
  });
}

function verify(uri: string, { bytes, sha256 }: Transferred, expected: string | undefined): void {
  if (expected === undefined || expected === sha256) return;
  const what = `${uri} (${bytes} bytes) has the SHA-256 ${sha256}, and not ${expected}`;
  throw new MlflowError('CHECKSUM_MISMATCH', `${what}: it was altered or damaged`);
}
