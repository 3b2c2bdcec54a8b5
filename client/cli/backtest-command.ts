import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { renderTable } from '../../backtest/render-table.ts';
import { runBacktest } from '../../backtest/run-backtest.ts';
import { defaultStrategies } from '../../backtest/strategies.ts';
import type { BlockLength } from '../../backtest/stream.ts';
import { wholeNumber } from './numbers.ts';

interface BacktestCommandOptions {
  readonly policies: readonly string[];
  readonly block?: BlockLength;
  readonly first?: number;
  readonly labelDelay?: number;
  readonly json?: string;
  readonly events: boolean;
}

const defaultBlock: BlockLength = { rows: 500 };

function parseBlock(text: string): BlockLength {
  const [, count, unit] = /^(\d+)(d?)$/.exec(text) ?? [];
  if (Number(count) > 0) return unit === 'd' ? { days: Number(count) } : { rows: Number(count) };
  throw new InvalidArgumentError('give a number of rows, or of days like 7d');
}

/** `incumbent backtest`: what a policy would have done with the project's own history. */
export function addBacktestCommand(program: Command, print: (text: string) => void): void {
  program
    .command('backtest')
    .description("replay the project's history, test then train, with the decisions of production")
    .argument('<project>', 'folder with incumbent.config.ts or .json')
    .option(
      '--policies <list>',
      'of never, every:K (blocks), adwin, policy; separated by commas',
      (text) => text.split(',').map((name) => name.trim()),
      defaultStrategies,
    )
    .option(
      '--block <length>',
      'rows answered before any of their labels is known: 336, or 7d (default: 500)',
      parseBlock,
    )
    .option(
      '--first <rows>',
      'rows that the first champion learns from (default: a tenth, 1,000 at least)',
      wholeNumber,
    )
    .option(
      '--label-delay <rows>',
      'rows after which a label is known, where the project names no labelTime',
      wholeNumber,
    )
    .option('--json <file>', 'write the reports, with every block and every decision')
    .option('--events', 'print every decision of `policy`', false)
    .action((directory: string, options: BacktestCommandOptions) => backtest(directory, options, print));
}

async function backtest(
  directory: string,
  { policies, block, first, labelDelay, json, events }: BacktestCommandOptions,
  print: (text: string) => void,
): Promise<void> {
  const reports = await runBacktest({
    directory: resolve(directory),
    strategies: policies,
    block: block ?? defaultBlock,
    firstRows: first ?? null,
    labelDelayRows: labelDelay ?? null,
    onProgress: showProgress(policies),
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  if (events) {
    const shown = reports.find(({ policy }) => policy === 'policy')?.events ?? [];
    print(shown.map((event) => `block ${event.block}  ${event.kind}: ${event.summary}`).join('\n'));
  }
  print(renderTable(reports));
  if (json !== undefined) await writeFile(json, `${JSON.stringify(reports, null, 2)}\n`);
}

/** One line that is written over on a terminal; a line per finished policy elsewhere. */
function showProgress(policies: readonly string[]): (policy: string, done: number, total: number) => void {
  const shares = new Map(policies.map((name) => [name, 0]));
  return (policy, done, total) => {
    shares.set(policy, done / total);
    const line = [...shares].map(([name, share]) => `${name} ${Math.floor(100 * share)}%`).join('  ');
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}`);
    else if (done === total) process.stderr.write(`${policy}: ${total} blocks replayed\n`);
  };
}
