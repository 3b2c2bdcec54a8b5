import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { homeAt } from '../../config/home.ts';
import { ClientError } from '../errors.ts';
import { defaultHome } from './target.ts';

interface ReportOptions {
  readonly home: string;
  readonly list: boolean;
  readonly open: boolean;
  readonly json: boolean;
}

/** `incumbent report`: where the page of a decision lies; it needs no server. */
export function addReportCommand(program: Command, print: (text: string) => void): void {
  program
    .command('report')
    .description('the report of a decision: prints the path of its page; the newest one where no decision is named')
    .argument('[model]', 'name of the model; may be left out where there is one only')
    .argument('[decision]', 'as `incumbent report --list` names it, e.g. electricity-0003-probation')
    .option('--list', 'print all reports, oldest first', false)
    .option('--open', 'open the page in a browser', false)
    .option('--json', 'print the content of the report', false)
    .addOption(new Option('--home <dir>', 'home of `incumbent start`').default(defaultHome).env('INCUMBENT_HOME'))
    .action(async (named: string | undefined, decision: string | undefined, options: ReportOptions) => {
      const home = resolve(options.home);
      const model = named ?? (await onlyModel(home));
      const reports = await listReports(home, model);
      if (options.list) return print(reports.map(({ id, summary }) => `${id.padEnd(32)} ${summary}`).join('\n'));
      const { page } = choose(reports, model, decision);
      if (options.json) return print(await readFile(join(dirname(page), 'report.json'), 'utf8'));
      print(page);
      if (options.open) openInBrowser(page);
    });
}

interface ListedReport {
  readonly id: string;
  /** Absolute path. */
  readonly page: string;
  readonly summary: string;
}

async function listReports(home: string, model: string): Promise<readonly ListedReport[]> {
  const { openLedger } = await import('../../adapters/ledger/file-ledger.ts');
  const ledger = await openLedger({ directory: homeAt(home).ledger });
  return (await ledger.read(model)).flatMap(({ kind, summary, report }) => {
    if (report === undefined || report.path === null) return [];
    const page = join(home, report.path);
    return [{ id: dirname(report.path).split('/').at(-1) ?? '', page, summary: `${kind}: ${summary}` }];
  });
}

function choose(reports: readonly ListedReport[], model: string, decision: string | undefined): ListedReport {
  const found = decision === undefined ? reports.at(-1) : reports.findLast(({ id }) => id === decision);
  if (found !== undefined) return found;
  if (reports.length === 0) throw new ClientError('no-report', `there is no report of ${model} yet`);
  const newest = reports.slice(-5).map(({ id }) => id);
  throw new ClientError('no-report', `${model} has no report "${decision}"; the newest ones are ${newest.join(', ')}`);
}

async function onlyModel(home: string): Promise<string> {
  const { isModelName } = await import('../../adapters/files/names.ts');
  const entries = await readdir(homeAt(home).reports).catch(() => []);
  const models = entries.filter(isModelName);
  if (models.length === 1) return models[0]!;
  const hint =
    models.length === 0 ? `there is no report in ${home}: name its --home` : `name one of ${models.join(', ')}`;
  throw new ClientError('no-report', `which model? ${hint}`);
}

function openInBrowser(page: string): void {
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(command, [page], { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write(`incumbent: ${command} is not there: open the page yourself\n`));
  child.unref();
}
