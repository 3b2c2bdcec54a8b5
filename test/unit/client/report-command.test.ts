import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeEach, describe, expect, it } from 'vitest';
import { openLedger } from '../../../adapters/ledger/file-ledger.ts';
import { addReportCommand } from '../../../client/cli/report-command.ts';
import { temporaryFolder } from '../../support/folders.ts';

let home: string;

beforeEach(async () => {
  home = await temporaryFolder();
  const ledger = await openLedger({ directory: join(home, 'ledger') });
  for (const id of ['prices-0001', 'prices-0002']) {
    const folder = join(home, 'reports', 'prices', id);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'report.json'), `{"id":"${id}"}`);
    const report = { path: `reports/prices/${id}/index.html`, problem: null };
    await ledger.append('prices', { id: `${id}/signals`, kind: 'signals', atMs: 0, summary: 'drift', evidence: [] });
    const entry = { id: `${id}/gate`, kind: 'gate: pass', atMs: 0, summary: 'better', evidence: null };
    await ledger.append('prices', { ...entry, report });
  }
});

async function run(...args: string[]): Promise<string> {
  const printed: string[] = [];
  const program = new Command().exitOverride();
  addReportCommand(program, (text) => void printed.push(text));
  await program.parseAsync(['report', ...args, '--home', home], { from: 'user' });
  return printed.join('\n');
}

describe('incumbent report', () => {
  it('prints the page of the newest decision, or of the one that is named', async () => {
    expect(await run()).toBe(join(home, 'reports/prices/prices-0002/index.html'));
    expect(await run('prices', 'prices-0001')).toBe(join(home, 'reports/prices/prices-0001/index.html'));
    expect(await run('prices', 'prices-0001', '--json')).toBe('{"id":"prices-0001"}');
  });

  it('lists all that there are', async () => {
    expect((await run('prices', '--list')).split('\n')).toEqual([
      expect.stringMatching(/^prices-0001 +gate: pass: better$/),
      expect.stringMatching(/^prices-0002 /),
    ]);
  });

  it('says what there is instead of a report that is not there', async () => {
    await expect(run('prices', 'prices-0009')).rejects.toThrow(
      'prices has no report "prices-0009"; the newest ones are prices-0001, prices-0002',
    );
    await expect(run('other')).rejects.toThrow('there is no report of other yet');
    await mkdir(join(home, 'reports', 'flights'));
    await expect(run()).rejects.toThrow('which model? name one of flights, prices');
  });
});
