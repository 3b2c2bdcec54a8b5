import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, describe, it } from 'vitest';
import { openLedger } from '../../adapters/ledger/file-ledger.ts';
import { temporaryFolder } from '../support/folders.ts';

const entry = (id: string, summary = id) => ({ id, atMs: 1, kind: 'promotion', summary, evidence: { rows: 3 } });

describe('the ledger', () => {
  it('gives back its entries in order, and keeps models apart', async () => {
    const ledger = await openLedger({ directory: await temporaryFolder() });
    await ledger.append('electricity', entry('a'));
    await ledger.append('flights', entry('z'));
    await ledger.append('electricity', entry('b'));
    expect(await ledger.read('electricity')).toEqual([entry('a'), entry('b')]);
    expect(await ledger.read('nothing')).toEqual([]);
  });

  it('records an id once, and the first time counts', async () => {
    const directory = await temporaryFolder();
    const [one, other] = [await openLedger({ directory }), await openLedger({ directory })];
    await one.append('electricity', entry('a', 'first'));
    await Promise.all([one, other].map((ledger) => ledger.append('electricity', entry('a', 'again'))));
    expect(await other.read('electricity')).toEqual([entry('a', 'first')]);
  });

  it('goes on behind a line that a crash tore', async () => {
    const directory = await temporaryFolder();
    const ledger = await openLedger({ directory });
    await ledger.append('electricity', entry('a'));
    await appendFile(join(directory, 'electricity.ndjson'), '{"id":"torn","at');
    await ledger.append('electricity', entry('b'));
    expect((await ledger.read('electricity')).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await readFile(join(directory, 'electricity.ndjson'), 'utf8')).toContain('"at\n{"id":"b"');
  });

  it('refuses names that lead out of it', async () => {
    const ledger = await openLedger({ directory: await temporaryFolder() });
    await expect(async () => await ledger.append('../x', entry('a'))).rejects.toThrow(/no model name/);
  });
});
