import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { DriftReport } from '../../domain/drift/judge.ts';

interface DriftCommandOptions {
  readonly exclude: readonly string[];
  readonly json?: string;
}

/** `incumbent drift`: have the rows of one file drifted from those of another? Needs no project and no server. */
export function addDriftCommand(program: Command, print: (text: string) => void): void {
  program
    .command('drift')
    .description('say which columns of a Parquet file have drifted from those of another')
    .argument('<reference>', 'Parquet file of the rows to compare with')
    .argument('<current>', 'Parquet file with the same columns')
    .option(
      '--exclude <list>',
      'columns to leave out (ids, times, labels), separated by commas',
      (text: string) => text.split(',').map((name) => name.trim()),
      [],
    )
    .option('--json <file>', 'write the report with all checks')
    .action(async (reference: string, current: string, { exclude, json }: DriftCommandOptions) => {
      const { compareFiles } = await import('../../adapters/data/compare-files.ts');
      const report = await compareFiles({ reference, current, exclude });
      if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
      print(formatDrift(report));
    });
}

/** The verdict, then what drifted or could not be judged, a line each. */
function formatDrift({ verdict, drifted }: DriftReport): string {
  const reasonOf = new Map(verdict.checks.map(({ name, reason }) => [name, reason]));
  const unjudged = verdict.checks.filter(({ outcome }) => outcome === 'inconclusive');
  return [
    `${verdict.outcome}: ${verdict.reason}`,
    ...drifted.map(({ feature, rank }) => `${rank}. ${reasonOf.get(`drift:${feature}`) ?? feature}`),
    ...unjudged.map(({ reason }) => `?  ${reason}`),
  ].join('\n');
}
