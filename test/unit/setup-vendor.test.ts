import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadVendorArchive, vendorArchive } from '../../scripts/setup/vendor.mjs';
import { serve } from '../support/package-index.ts';

let folder: string;
let server: { url: string; close: () => void };
let checksums: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'incumbent-vendor-'));
  writeFileSync(join(folder, 'temporal'), 'an executable');
  spawnSync('tar', ['-czf', 'archive.tar.gz', 'temporal'], { cwd: folder });
  const archive = readFileSync(join(folder, 'archive.tar.gz'));
  checksums = `${createHash('sha256').update(archive).digest('hex')}  temporal_cli_1.9.1_linux_amd64.tar.gz\n`;
  server = await serve((request, response) => {
    if (request.url === '/cli/releases/download/v1.9.1/checksums.txt') response.end(checksums);
    else if (request.url?.endsWith('_linux_amd64.tar.gz')) response.end(archive);
    else response.writeHead(404).end();
  });
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe("the vendor's own download, where there is no Python", () => {
  const archiveOf = (version: string) =>
    vendorArchive('temporal', version, { base: server.url, platform: 'linux-x64' });

  it('is unpacked when it matches the published checksum', async () => {
    await downloadVendorArchive(archiveOf('1.9.1'), join(folder, 'unpacked'));
    expect(readFileSync(join(folder, 'unpacked', 'temporal'), 'utf8')).toBe('an executable');
  });

  it('is refused when it does not', async () => {
    checksums = `${'0'.repeat(64)}  temporal_cli_1.9.1_linux_amd64.tar.gz\n`;
    await expect(downloadVendorArchive(archiveOf('1.9.1'), join(folder, 'unpacked'))).rejects.toThrow('checksum of');
  });

  it('is refused when the published list does not name it', async () => {
    checksums = '';
    await expect(downloadVendorArchive(archiveOf('1.9.1'), join(folder, 'unpacked'))).rejects.toThrow('says nothing');
  });

  it('says which address did not answer', async () => {
    const archive = { url: `${server.url}/nowhere`, checksums: undefined };
    await expect(downloadVendorArchive(archive, folder)).rejects.toThrow(`${archive.url} answered 404`);
  });

  it('names the archives as Temporal does', () => {
    const options = { base: '', platform: 'darwin-arm64' } as const;
    expect(vendorArchive('temporal', '1.9.1', options).url).toBe(
      '/cli/releases/download/v1.9.1/temporal_cli_1.9.1_darwin_arm64.tar.gz',
    );
    expect(vendorArchive('temporal-test-server', '1.40.0', options).url).toBe(
      '/sdk-java/releases/download/v1.40.0/temporal-test-server_1.40.0_macOS_arm64.tar.gz',
    );
  });
});
