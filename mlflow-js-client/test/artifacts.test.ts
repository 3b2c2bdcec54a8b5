import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/folders.ts';
import { createMlflowClient } from '../src/index.ts';
import { hangUp, impatient, json, listen, page, scripted, type Answer } from './answers.ts';

const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
const sha256 = createHash('sha256').update(content).digest('hex');
const uri = 'mlflow-artifacts:/1/r/artifacts/weights.bin';
const whole: Answer = (response) => void response.writeHead(200, { 'content-length': content.length }).end(content);
/** Promises all and ends in the middle. */
const torn: Answer = (response) => {
  response.writeHead(200, { 'content-length': content.length });
  response.write(content.subarray(0, 1_000_000), () => response.socket?.destroy());
};

describe('an upload', () => {
  it('of a file is a stream of known length, with its checksum and its progress told', async () => {
    const file = join(await temporaryFolder(), 'weights.bin');
    await writeFile(file, content);
    let heard = 0;
    const url = await listen(async (request, response) => {
      expect([request.headers['content-length'], request.headers['transfer-encoding']]).toEqual(['3000000', undefined]);
      for await (const piece of request as AsyncIterable<Buffer>) heard += piece.length;
      response.end();
    });
    const progress: number[] = [];
    const client = createMlflowClient({ trackingUri: url });
    const sent = await client.artifacts.upload(uri, { file }, { onProgress: (bytes) => progress.push(bytes) });
    expect([sent, heard]).toEqual([{ bytes: 3_000_000, sha256 }, 3_000_000]);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect([progress.length > 2, progress.at(-1)]).toEqual([true, 3_000_000]);
  });

  it('is sent again from its beginning when the connection breaks, but for a stream, which is gone', async () => {
    const { client, asked } = await scripted([hangUp, json(200, {})]);
    await client.artifacts.upload(uri, 'text');
    expect(asked.map(({ method, body }) => [method, body])).toEqual([
      ['PUT', 'text'],
      ['PUT', 'text'],
    ]);
    const once = await scripted([hangUp, json(200, {})]);
    async function* stream() {
      yield await Promise.resolve(Buffer.from('text'));
    }
    const upload = once.client.artifacts.upload(uri, { stream: stream() });
    await expect(upload).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(once.asked).toHaveLength(1);
  });

  it('that is refused before all of it was heard is told why', async () => {
    const url = await listen((_, response) => void response.writeHead(413, { connection: 'close' }).end('too large'));
    const client = createMlflowClient({ trackingUri: url, ...impatient });
    const many = Buffer.alloc(40_000_000);
    await expect(client.artifacts.upload(uri, many)).rejects.toMatchObject({ status: 413, code: 'REFUSED' });
  });

  it('of a file that is not there fails as reading it does', async () => {
    const { client } = await scripted([json(200, {})]);
    await expect(client.artifacts.upload(uri, { file: '/no/such/file' })).rejects.toThrow('ENOENT');
  });

  it('of nothing is an empty file', async () => {
    const { client, asked } = await scripted([json(200, {})]);
    expect(await client.artifacts.upload(uri, '')).toMatchObject({ bytes: 0 });
    expect(asked[0]?.headers['content-length']).toBe('0');
  });

  it('whose content is not what it should be says so', async () => {
    const { client } = await scripted([json(200, {})]);
    const upload = client.artifacts.upload(uri, 'text', { sha256 });
    await expect(upload).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' });
  });
});

describe('a download', () => {
  it('that breaks off begins anew, and leaves the whole file only', async () => {
    const folder = await temporaryFolder();
    const { client } = await scripted([torn, page(502, 'Bad Gateway'), whole]);
    const got = await client.artifacts.download(uri, join(folder, 'deep', 'weights.bin'), { sha256 });
    expect(got).toEqual({ bytes: 3_000_000, sha256 });
    expect(await readdir(join(folder, 'deep'))).toEqual(['weights.bin']);
    expect((await readFile(join(folder, 'deep', 'weights.bin'))).equals(content)).toBe(true);
  });

  it('that breaks off for ever leaves nothing, and not what was there before either touched', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'weights.bin'), 'before');
    const { client } = await scripted([torn]);
    const download = client.artifacts.download(uri, join(folder, 'weights.bin'));
    await expect(download).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(await readdir(folder)).toEqual(['weights.bin']);
    expect(await readFile(join(folder, 'weights.bin'), 'utf8')).toBe('before');
  });

  it('of altered content is refused, on disk and in memory', async () => {
    const folder = await temporaryFolder();
    const { client } = await scripted([whole]);
    const other = { sha256: sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) };
    const mismatch = { code: 'CHECKSUM_MISMATCH', message: expect.stringContaining('altered or damaged') };
    await expect(client.artifacts.download(uri, join(folder, 'w'), other)).rejects.toMatchObject(mismatch);
    await expect(client.artifacts.read(uri, other)).rejects.toMatchObject(mismatch);
    expect(await readdir(folder)).toEqual([]);
  });

  it('that falls silent is a time-out', async () => {
    const stuck: Answer = (response) => void response.writeHead(200, { 'content-length': 10 }).write('abc');
    const { client } = await scripted([stuck], { timeoutMs: 60, retry: { attempts: 2, firstDelayMs: 1 } });
    await expect(client.artifacts.read(uri)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('a deletion', () => {
  it('is asked for again when the connection breaks, and done where nothing is there', async () => {
    const gone = json(404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'no such artifact' });
    const { client, asked } = await scripted([hangUp, json(200, {}), gone]);
    await client.artifacts.delete(uri);
    await client.artifacts.delete(uri);
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(
      Array.from({ length: 3 }, () => 'DELETE /api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/weights.bin'),
    );
  });

  it('that is refused is told', async () => {
    const { client } = await scripted([json(403, { error_code: 'PERMISSION_DENIED', message: 'read only' })]);
    await expect(client.artifacts.delete(uri)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});

describe('the place of an artifact', () => {
  it.each(['s3://bucket/1/r/artifacts', 'file:///tmp/x', '/tmp/x', 'mlflow-artifacts://elsewhere:5000/1/r'])(
    'at %s is not behind the server, which says what to do',
    async (elsewhere) => {
      const { client, asked } = await scripted([whole]);
      await expect(client.artifacts.read(elsewhere)).rejects.toMatchObject({
        code: 'UNSUPPORTED_ARTIFACT_URI',
        message: expect.stringContaining('--serve-artifacts'),
      });
      expect(asked).toEqual([]);
    },
  );

  it('may name the server that it is behind', async () => {
    const { client, asked, url } = await scripted([whole]);
    await client.artifacts.read(`mlflow-artifacts://${new URL(url).host}/1/a b/ü.bin`);
    expect(asked[0]?.url).toBe('/api/2.0/mlflow-artifacts/artifacts/1/a%20b/%C3%BC.bin');
  });

  it.each(['../secret', 'a/../b', 'a//b', './a', '', 'a\\b', 'a#b', 'a%2Fb', 'a\nb'])('can not be %j', async (path) => {
    const { client, asked } = await scripted([whole]);
    const upload = client.artifacts.upload(`mlflow-artifacts:/1/r/${path}`, 'x');
    await expect(upload).rejects.toMatchObject({ code: 'INVALID_PATH' });
    expect(asked).toEqual([]);
  });
});
