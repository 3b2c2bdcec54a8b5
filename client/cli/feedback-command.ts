import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration } from '../../config/parse-duration.ts';
import { ClientError } from '../errors.ts';
import type { SentOutcomes } from '../outcomes/send-outcomes.ts';
import { defaultHome } from './target.ts';

interface FeedbackOptions {
  readonly url?: string;
  readonly home: string;
  readonly within?: number;
  readonly json: boolean;
}

/** A batch is synced to disk before it is answered, and looked up in the whole log. */
const timeoutMs = 60_000;
const clearLine = '\r\u001b[2K';
const mostShown = 10;

/** `incumbent feedback`: outcomes from a file. The exit code is 1 where some were not taken. */
export function addFeedbackCommand(program: Command, print: (text: string) => void): void {
  program
    .command('feedback')
    .description('send outcomes to the prediction service; sending a file again is harmless')
    .argument('<model>', 'name of the model')
    .argument('<file>', 'CSV, NDJSON or Parquet with the columns id,label or entity,time,label; and label_time')
    .option('--url <url>', 'of the prediction service (default: that of the `incumbent start` on --home)')
    .option('--within <duration>', "an entity's newest prediction up to so long before `time`, e.g. 1d", readDuration)
    .option('--json', 'print JSON, with every row that was not taken', false)
    .addOption(new Option('--home <dir>', 'home of `incumbent start`').default(defaultHome).env('INCUMBENT_HOME'))
    .addHelpText('after', '\nThe API key is read from INCUMBENT_KEY.')
    .action(async (model: string, file: string, options: FeedbackOptions) => {
      const sent = await send(model, file, options);
      if (process.stderr.isTTY) process.stderr.write(clearLine);
      print(options.json ? JSON.stringify(sent, null, 2) : formatSent(sent));
      if (sent.accepted + sent.duplicates < sent.rows) process.exitCode = 1;
    });
}

async function send(model: string, file: string, { url, home, within }: FeedbackOptions): Promise<SentOutcomes> {
  const { readOutcomeFile } = await import('../../adapters/data/read-outcome-file.ts');
  const { sendOutcomes } = await import('../outcomes/send-outcomes.ts');
  const { createPredictionClient } = await import('../prediction-client.ts');
  const service = url ?? (await runningService(home));
  const rows = await readOutcomeFile(resolve(file));
  const key = process.env['INCUMBENT_KEY'];
  const client = createPredictionClient(service, { timeoutMs, ...(key !== undefined && key !== '' && { key }) });
  return await sendOutcomes(client, model, rows, { withinMs: within ?? 0, onProgress: showProgress() });
}

async function runningService(home: string): Promise<string> {
  const { findRunning } = await import('../start/home.ts');
  const running = await findRunning(resolve(home));
  if (running !== null) return running.serviceUrl;
  throw new ClientError('no-server', `no \`incumbent start\` runs on ${home}: give --url, or its --home`);
}

function readDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  throw new InvalidArgumentError('write a duration, e.g. 15m, 12h or 7d');
}

/** One line that is written over on a terminal; elsewhere a line per quarter. */
function showProgress(): (done: number, total: number) => void {
  let quarters = 0;
  return (done, total) => {
    const line = `${done} of ${total} rows sent`;
    if (process.stderr.isTTY) return void process.stderr.write(`${clearLine}${line}`);
    const now = Math.floor((4 * done) / total);
    if (now > quarters) process.stderr.write(`${line}\n`);
    quarters = now;
  };
}

function formatSent({
  model,
  rows,
  accepted,
  duplicates,
  unknown,
  removed,
  contradictions,
  invalid,
}: SentOutcomes): string {
  const late = removed.length === 0 ? '' : `, ${removed.length} too late`;
  const refused = `${unknown.length} unknown${late}, ${contradictions.length} contradictions, ${invalid.length} invalid`;
  const at = (line: number | null): string => (line === null ? '' : `line ${line}: `);
  return [
    `${model}: ${rows} rows: ${accepted} accepted, ${duplicates} duplicates, ${refused}`,
    ...list(
      'nobody predicted',
      unknown.map(({ line, name }) => `${at(line)}${name}`),
    ),
    ...list(
      'came too late: the log no longer keeps these predictions',
      removed.map(({ line, name }) => `${at(line)}${name}`),
    ),
    ...list(
      'contradict the label on record, which stands',
      contradictions.map(({ line, name }) => `${at(line)}${name}`),
    ),
    ...list(
      'were not sent',
      invalid.map(({ line, reason }) => `${at(line)}${reason}`),
    ),
  ].join('\n');
}

function list(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length > mostShown ? [`  … and ${lines.length - mostShown} more (--json shows all)`] : [];
  return [`${title}:`, ...lines.slice(0, mostShown).map((line) => `  ${line}`), ...more];
}
