import { Command } from 'commander';
import { addBacktestCommand } from './cli/backtest-command.ts';
import { addCheckCommand } from './cli/check-command.ts';
import { addDriftCommand } from './cli/drift-command.ts';
import { addExportCommand } from './cli/export-command.ts';
import { addFeedbackCommand } from './cli/feedback-command.ts';
import { addInitCommand } from './cli/init-command.ts';
import { addKeysCommand } from './cli/keys-command.ts';
import { addOperatorCommands } from './cli/operator-commands.ts';
import { addReportCommand } from './cli/report-command.ts';
import { addStartCommand } from './cli/start-command.ts';
import { addVersionsCommand } from './cli/versions-command.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const program = new Command('incumbent')
    .description('Keeps a deployed model good.')
    .version('0.1.0')
    .showHelpAfterError()
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  addInitCommand(program, print);
  addCheckCommand(program, print);
  addStartCommand(program, print);
  addBacktestCommand(program, print);
  addDriftCommand(program, print);
  addExportCommand(program, print);
  addFeedbackCommand(program, print);
  addKeysCommand(program, print);
  addOperatorCommands(program, print);
  addReportCommand(program, print);
  addVersionsCommand(program, print);
  await program.parseAsync();
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    const isWanted = process.env['DEBUG'] !== undefined;
    const text = error instanceof Error ? (isWanted ? error.stack : error.message) : String(error);
    process.stderr.write(`incumbent: ${text}\n`);
    process.exit(1);
  },
);
