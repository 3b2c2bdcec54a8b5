import type { Command } from 'commander';
import { wholeNumber } from './numbers.ts';
import { addTarget } from './operator-commands.ts';
import { chooseModel, withClient, type TargetOptions } from './target.ts';

interface VersionsOptions extends TargetOptions {
  readonly keep?: number;
}

/** `incumbent versions`: what there is, and which versions' files stay, and why. */
export function addVersionsCommand(program: Command, print: (text: string) => void): void {
  const description = 'the versions, which of their files the policy keeps, and why; it removes nothing itself';
  addTarget(program.command('versions').description(description))
    .option('--keep <n>', 'show what would stay if the newest n were kept', wholeNumber)
    .action(async (named: string | undefined, options: VersionsOptions) => {
      const { listVersions } = await import('../versions/list-versions.ts');
      const { formatVersions } = await import('../versions/format-versions.ts');
      const listed = await withClient(options, async (client) =>
        listVersions(client, { model: await chooseModel(client, named), ...options }),
      );
      print(options.json ? JSON.stringify(listed, null, 2) : formatVersions(listed));
    });
}
