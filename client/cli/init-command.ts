import { relative, resolve } from 'node:path';
import type { Command } from 'commander';

interface InitOptions {
  readonly data: string;
  readonly label: string;
  readonly time?: string;
  readonly labelTime?: string;
  readonly id?: string;
  readonly exclude: readonly string[];
  readonly name?: string;
}

/** `incumbent init`: a model project from any table. */
export function addInitCommand(program: Command, print: (text: string) => void): void {
  program
    .command('init')
    .description('make a model project from a CSV or Parquet file, after a look at its data')
    .argument('<dir>', 'folder of the project; made if need be, never overwritten')
    .requiredOption('--data <file>', 'labelled rows, CSV or Parquet')
    .requiredOption('--label <column>', 'what is predicted: two values are binary, few are classes, else a regression')
    .option('--time <column>', 'event time (default: row order is time)')
    .option('--label-time <column>', 'when the label became known (default: with its row)')
    .option('--id <column>', 'unique key of a row')
    .option('--exclude <columns>', 'columns that are no features, separated by commas', splitList, [])
    .option('--name <name>', "of the model (default: the folder's)")
    .action((directory: string, options: InitOptions) => init(directory, options, print));
}

function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

async function init(
  directory: string,
  { data, label, time, labelTime, id, exclude, name }: InitOptions,
  print: (text: string) => void,
): Promise<void> {
  const { describePlan, renderReadme } = await import('../init/describe.ts');
  const { planProject } = await import('../init/plan-project.ts');
  const { refuseExisting, writeProject } = await import('../init/write-project.ts');
  const folder = resolve(directory);
  await refuseExisting(folder);
  const plan = await planProject({
    directory: folder,
    dataPath: resolve(data),
    label,
    time: time ?? null,
    labelTime: labelTime ?? null,
    id: id ?? null,
    exclude,
    name: name ?? null,
  });
  const shown = relative('.', folder) || '.';
  const { file, wroteReadme } = await writeProject(folder, plan.config, renderReadme(plan, shown));
  print(describePlan(plan));
  print(`\nwrote ${relative('.', file)}${wroteReadme ? ' and README.md' : ' (the README.md that is there was kept)'}`);
  print(`next: incumbent backtest ${shown}`);
}
