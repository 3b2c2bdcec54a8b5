import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFileTracking } from '../../adapters/tracking/file-tracking.ts';
import { temporaryFolder } from '../support/folders.ts';
import { trackingContract } from '../support/tracking-contract.ts';

trackingContract('runs in files', async () => {
  const directory = await temporaryFolder();
  const reopen = () => Promise.resolve(openFileTracking({ directory }));
  return { tracking: await reopen(), reopen };
});

describe('runs in files: crashes', () => {
  it('go on behind a line that a crash tore', async () => {
    const directory = await temporaryFolder();
    const tracking = openFileTracking({ directory });
    const run = { model: 'electricity', decisionId: 'electricity-0001', candidateId: null };
    await tracking.begin({ run, name: 'one', startedAtMs: 1, tags: {} });
    await appendFile(join(directory, 'electricity', 'electricity-0001', 'events.ndjson'), '{"type":"tags","ta');
    await tracking.setTags(run, { gate: 'pass' });
    expect(await tracking.read(run)).toMatchObject({ name: 'one', tags: { gate: 'pass' } });
  });
});
