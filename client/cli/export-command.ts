import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { defaultHome } from './target.ts';

/** `incumbent export`: a version's package in a folder of the user's. */
export function addExportCommand(program: Command, print: (text: string) => void): void {
  program
    .command('export')
    .description('copy the package of a version into a folder, checked against its seal')
    .argument('<model>', 'name of the model')
    .argument('<version>', 'its number, or champion, previous, challenger')
    .argument('<dir>', 'folder to make')
    .addOption(new Option('--home <dir>', 'home directory').default(defaultHome).env('INCUMBENT_HOME'))
    .action(async (model: string, wanted: string, directory: string, { home }: { home: string }) => {
      const { exportVersion } = await import('../export/export-version.ts');
      print(await exportVersion({ model, wanted, directory: resolve(directory), home }));
    });
}
