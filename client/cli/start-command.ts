import { join } from 'node:path';
import { Option, type Command } from 'commander';
import type { Stack } from '../start/stack.ts';
import { wholeNumber } from './numbers.ts';

interface StartOptions {
  readonly home?: string;
  readonly port?: number;
  readonly temporalPort?: number;
  readonly uiPort?: number;
  readonly data?: string;
  readonly take?: number;
  readonly mlflow?: boolean;
  readonly workers?: number;
  readonly logFormat: 'json' | 'pretty';
}

/** `incumbent start`: everything on this machine, until Ctrl-C. */
export function addStartCommand(program: Command, print: (text: string) => void): void {
  program
    .command('start')
    .description('run a model project with all it needs: Temporal with its Web UI, a worker, the prediction service')
    .argument('<project>', 'folder with incumbent.config.ts or .json')
    .addOption(
      new Option('--home <dir>', 'where everything is kept (default: .incumbent in the project)').env('INCUMBENT_HOME'),
    )
    .option('--port <port>', 'of the prediction service (default: 8080, or one that is free)', wholeNumber)
    .option('--temporal-port <port>', 'of the Temporal server (default: 7233, or one that is free)', wholeNumber)
    .option('--ui-port <port>', 'of the Web UI (default: 8233, or one that is free)', wholeNumber)
    .option('--data <file>', 'labelled rows, instead of the data.path of the project')
    .option('--take <rows>', 'use only this many of the oldest rows', wholeNumber)
    .option('--mlflow', 'start an MLflow server, too, and keep versions and runs there')
    .option('--workers <count>', 'processes of the prediction service, behind one port (default: 1)', wholeNumber)
    .addOption(new Option('--log-format <format>', 'of the logs').choices(['json', 'pretty']).default('json'))
    .action(async (directory: string, options: StartOptions) => {
      const stopped = untilInterrupted();
      print('starting …');
      const { startStack } = await import('../start/stack.ts');
      const stack = await startStack(toStackOptions(directory, options, print));
      print(describeStack(stack));
      await stopped;
      print('stopping …');
      await stack.stop();
    });
}

function toStackOptions(directory: string, options: StartOptions, print: (text: string) => void) {
  const { port, temporalPort, uiPort, data, take, workers } = options;
  return {
    directory,
    home: options.home ?? join(directory, '.incumbent'),
    overrides: { ...(data === undefined ? {} : { dataPath: data }), ...(take === undefined ? {} : { take }) },
    ports: {
      ...(port === undefined ? {} : { service: port }),
      ...(temporalPort === undefined ? {} : { temporal: temporalPort }),
      ...(uiPort === undefined ? {} : { ui: uiPort }),
    },
    mlflow: options.mlflow === true,
    environment: {
      INCUMBENT_LOG_FORMAT: options.logFormat,
      ...(workers === undefined ? {} : { SERVING_WORKERS: String(workers) }),
    },
    onEvent: print,
  };
}

async function untilInterrupted(): Promise<void> {
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}

function describeStack({ project, uiUrl, serviceUrl, temporalAddress, mlflowUrl }: Stack): string {
  return [
    `${project.name} is looked after.`,
    `  Temporal Web UI     ${uiUrl} (workflow lifecycle/${project.name})`,
    `  prediction service  ${serviceUrl}/v1/models/${project.name}`,
    `  Temporal server     ${temporalAddress}`,
    ...(mlflowUrl === null ? [] : [`  MLflow              ${mlflowUrl}`]),
    'Ctrl-C stops all.',
  ].join('\n');
}
