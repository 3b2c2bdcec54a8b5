import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { renderTable } from '../../backtest/render-table.ts';
import type { BacktestOptions } from '../../backtest/run-backtest.ts';
import { defaultStrategies, planStrategy } from '../../backtest/strategies.ts';
import type { BlockLength } from '../../backtest/stream.ts';
import { createProgress } from './backtest-progress.ts';
import { wholeNumber } from './numbers.ts';

interface BacktestCommandOptions {
  readonly policies: readonly string[];
  readonly block?: BlockLength;
  readonly first?: number;
  readonly labelDelay?: number;
  readonly regret: boolean;
  readonly html?: string;
  readonly json?: string;
  readonly events: boolean;
}

const clearLine = '\r\u001b[2K';

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
      (text) => [...new Set(text.split(',').map((name) => name.trim()))],
      defaultStrategies,
    )
    .option(
      '--block <length>',
      'rows answered before any of their labels is known: 336, or 7d (default: 500, fewer in a small history)',
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
    .option('--regret', 'compare with the best schedule in hindsight: scores every model on every later block', false)
    .option('--html <file>', 'write a page with verdict, plots and decisions, in one file that needs no network')
    .option('--json <file>', 'write the reports, with every block and every decision')
    .option('--events', 'print every decision of `policy`', false)
    .action((directory: string, options: BacktestCommandOptions) => backtest(directory, options, print));
}

async function backtest(
  directory: string,
  { policies, block, first, labelDelay, regret, html, json, events }: BacktestCommandOptions,
  print: (text: string) => void,
): Promise<void> {
  const { loadProject } = await import('../../config/load-project.ts');
  const { runBacktest } = await import('../../backtest/run-backtest.ts');
  const { name, policy } = await loadProject(resolve(directory));
  // Before anything is read: a policy that doesn't exist is refused at once.
  for (const strategy of policies) planStrategy(strategy, policy, 1);
  const length = block ?? null;
  const done = await untilInterrupted((signal) =>
    runBacktest({
      directory: resolve(directory),
      strategies: policies,
      block: length,
      firstRows: first ?? null,
      labelDelayRows: labelDelay ?? null,
      regretCost: regret ? policy.retrain.trainingCost : null,
      onProgress: showProgress(policies),
      signal,
    }),
  );
  if (process.stderr.isTTY) process.stderr.write(clearLine);
  if (events) {
    const shown = done.reports.find((report) => report.policy === 'policy')?.events ?? [];
    print(shown.map((event) => `block ${event.block}  ${event.kind}: ${event.summary}`).join('\n'));
  }
  print(renderTable(done.reports, done.hindsight));
  if (json !== undefined)
    await writeFile(json, `${JSON.stringify({ project: name, block: length, ...done }, null, 2)}\n`);
  if (html !== undefined) {
    // Only now: the library that draws takes its time to load.
    const { renderPage } = await import('../../backtest/page/render-page.ts');
    await writeFile(html, renderPage({ project: name, ...done }));
  }
}

/** Ctrl-C and a polite kill end the replays and remove their files before this process ends. */
async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Error('the backtest was interrupted; nothing of it is left'));
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** One line that is written over on a terminal; elsewhere a line per quarter of a policy. */
function showProgress(policies: readonly string[]): BacktestOptions['onProgress'] {
  const board = createProgress(policies);
  return (policy, progress) => {
    const nowMs = performance.now();
    const line = board.update(policy, progress, nowMs);
    if (process.stderr.isTTY) process.stderr.write(`${clearLine}${board.line(nowMs, process.stderr.columns)}`);
    else if (line !== null) process.stderr.write(`${line}\n`);
  };
}
