import { join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { DecisionSummary } from '../../domain/lifecycle/state.ts';
import type { LifecycleStatus } from '../../workflows/messages.ts';
import type { IncumbentClient } from '../incumbent-client.ts';
import { chooseModel, defaultHome, loginName, withClient, type TargetOptions } from './target.ts';

interface RequestOptions extends TargetOptions {
  readonly by: string;
  readonly reason: string;
}

type Print = (text: string) => void;

/** The options of a command that asks a running lifecycle, and its model. */
export function addTarget(command: Command, model = '[model]'): Command {
  return command
    .argument(model, `name of the model${model.startsWith('[') ? '; may be left out where there is one only' : ''}`)
    .option('--json', 'print JSON', false)
    .addOption(
      new Option('--home <dir>', 'home of a running `incumbent start`').default(defaultHome).env('INCUMBENT_HOME'),
    )
    .option('--address <host:port>', 'Temporal server, instead of the one that `incumbent start` runs')
    .option('--namespace <name>', 'Temporal namespace');
}

function addRequest(command: Command, model?: string): Command {
  return addTarget(command, model)
    .requiredOption('--reason <text>', 'why; it goes into the ledger')
    .option('--by <name>', 'who asks', loginName());
}

/** The commands that ask a running lifecycle something. */
export function addOperatorCommands(program: Command, print: Print): void {
  addTarget(program.command('status').description('what the model is doing, and why')).action(
    async (model: string | undefined, options: TargetOptions) => {
      await show(options, print, async (client) => await client.status(await chooseModel(client, model)));
    },
  );
  addTarget(program.command('history').description('the newest decisions, oldest first'))
    .option('--explain', 'every check of each decision in a sentence, from the ledger in --home', false)
    .action(async (model: string | undefined, options: TargetOptions & { explain: boolean }) => {
      print(await tellHistory(model, options));
    });
  addRequest(program.command('retrain').description('retrain now, in spite of cooldown and budget'))
    .option('--training-data <file>', 'train on this labelled extract; the holdout stays what was served')
    .action(async (model: string | undefined, options: RequestOptions & { trainingData?: string }) => {
      const { by, reason, trainingData } = options;
      const message = { by, reason, ...(trainingData === undefined ? {} : { trainingData: resolve(trainingData) }) };
      await show(options, print, async (client) => await client.retrain(await chooseModel(client, model), message));
    });
  addRequest(
    program.command('approve').description('promote the challenger, or keep the champion, that awaits approval'),
  )
    .option('--override', 'promote the newest challenger although it was turned down', false)
    .action(async (model: string | undefined, options: RequestOptions & { override: boolean }) => {
      const { by, reason, override } = options;
      await show(
        options,
        print,
        async (client) => await client.approve(await chooseModel(client, model), { by, reason, override }),
      );
    });
  addPlainCommand(program, print, 'reject', 'turn down what awaits approval');
  addPlainCommand(program, print, 'pause', 'start no retraining until resumed');
  addPlainCommand(program, print, 'resume', 'go on after a pause');
  addPlainCommand(program, print, 'rollback', 'put the previous version back');
  addRelease(program, print);
}

function addRelease(program: Command, print: Print): void {
  const description = 'take a rolled-back version out of quarantine: what does the same may be promoted again';
  addRequest(program.command('release').description(description), '<model>')
    .argument('<version>', 'the version that was rolled back')
    .action(async (model: string, version: string, options: RequestOptions) => {
      const { by, reason } = options;
      await show(options, print, async (client) => await client.release(model, { by, reason, version }));
    });
}

async function tellHistory(named: string | undefined, options: TargetOptions & { explain: boolean }): Promise<string> {
  const { model, decisions } = await withClient(options, async (client) => {
    const chosen = await chooseModel(client, named);
    return { model: chosen, decisions: (await client.history(chosen)).map((one) => withReport(options.home, one)) };
  });
  const { explainEntry, readEvidence } = await import('./explain.ts');
  const { formatHistory } = await import('./format.ts');
  const evidence = options.explain ? await readEvidence(options.home, model, decisions) : [];
  if (options.json) return JSON.stringify(options.explain ? evidence : decisions, null, 2);
  return formatHistory(decisions, new Map(evidence.map((entry) => [entry.id, explainEntry(entry)])));
}

/** Reports lie below the home directory: a person wants the whole path. */
function withReport(home: string, decision: DecisionSummary): DecisionSummary {
  return decision.report === undefined ? decision : { ...decision, report: join(home, decision.report) };
}

/** A command that carries nothing but who and why. */
function addPlainCommand(
  program: Command,
  print: Print,
  name: 'reject' | 'pause' | 'resume' | 'rollback',
  description: string,
): void {
  addRequest(program.command(name).description(description)).action(
    async (model: string | undefined, options: RequestOptions) => {
      const { by, reason } = options;
      await show(
        options,
        print,
        async (client) => await client[name](await chooseModel(client, model), { by, reason }),
      );
    },
  );
}

async function show(
  options: TargetOptions,
  print: Print,
  ask: (client: IncumbentClient) => Promise<LifecycleStatus>,
): Promise<void> {
  const status = await withClient(options, ask);
  const { formatStatus } = await import('./format.ts');
  print(options.json ? JSON.stringify(status, null, 2) : formatStatus(status, Date.now()));
}
