import { resolve } from 'node:path';
import type { Command } from 'commander';
import { worstLevel, type Finding } from '../../domain/preflight/finding.ts';
import { taskOf } from '../../domain/task.ts';

interface CheckReport {
  readonly project: string;
  readonly task: string;
  readonly rows: number;
  readonly features: readonly string[];
  readonly findings: readonly Finding[];
}

/** Findings: 0 where none fails, 1 where one does. */
const cannotRun = 2;

/** `incumbent check`: what to know of a project before it is trusted with a model. */
export function addCheckCommand(program: Command, print: (text: string) => void): void {
  program
    .command('check')
    .description('say whether a project can be kept well: enough data, leaks, what the gate and probation will see')
    .argument('<project>', 'folder with incumbent.config.ts or .json')
    .option('--json', 'print the findings with their figures as JSON', false)
    .addHelpText('after', '\nExit code: 0 no finding fails, 1 one does, 2 the check can not run.')
    .action(async (directory: string, { json }: { json: boolean }) => {
      const report = await check(resolve(directory)).catch((error: unknown) => {
        process.stderr.write(`incumbent: ${error instanceof Error ? error.message : String(error)}\n`);
        return null;
      });
      if (report === null) {
        process.exitCode = cannotRun;
        return;
      }
      print(json ? JSON.stringify(report, null, 2) : formatReport(report));
      process.exitCode = worstLevel(report.findings) === 'fail' ? 1 : 0;
    });
}

async function check(directory: string): Promise<CheckReport> {
  const { loadProject } = await import('../../config/load-project.ts');
  const { readLabelledRows } = await import('../../adapters/data/read-labelled-rows.ts');
  const { runPreflight } = await import('../../domain/preflight/preflight.ts');
  const project = await loadProject(directory);
  showProgress('reading the rows');
  const { schema, rows, eventMs, labelMs } = await readLabelledRows(project);
  const history = { schema, table: rows.table, labels: rows.labels, eventMs, labelMs };
  const findings = runPreflight(history, project.policy, showProgress);
  showProgress(null);
  return {
    project: project.name,
    task: taskOf(schema),
    rows: rows.table.rowCount,
    features: schema.features.map(({ name }) => name),
    findings,
  };
}

/** One line that is written over on a terminal, nothing elsewhere; null wipes it. */
function showProgress(what: string | null): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${what === null ? '' : `${what} …`}`);
}

/** A line per finding, and how many there are of each kind. */
function formatReport({ project, task, rows, features, findings }: CheckReport): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(({ level, name, text, advice }) => {
    const todo = advice === null ? '' : `: ${advice}`;
    return `${level.padEnd(4)}  ${name.padEnd(width)}  ${text}${todo}`;
  });
  const count = (level: string): number => findings.filter((finding) => finding.level === level).length;
  return [
    `${project}: ${task}, ${rows.toLocaleString('en-US')} rows, ${features.length} features`,
    ...lines,
    `${count('ok')} ok, ${count('warn')} to know, ${count('fail')} to mend`,
  ].join('\n');
}
