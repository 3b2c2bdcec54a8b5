import type { LifecycleStatus } from '../../workflows/messages.ts';
import type { Quality } from './quality.ts';

/** What happened, as the table and `--json` show it. */
export interface DemoSummary {
  readonly model: string;
  readonly served: Quality;
  readonly firstChampion: Quality;
  readonly sameAsLastKnown: Quality;
  readonly retrainings: number;
  readonly promotions: number;
  readonly rollbacks: number;
  /** The bad model that an operator forced through; null where the data ended before. */
  readonly forced: {
    readonly version: string;
    readonly rolledBack: boolean;
    readonly labelsUntilRollback: number | null;
  } | null;
  readonly seconds: number;
  readonly peakMemoryMb: number | null;
  readonly webUi: string;
}

export function totalsOf({ totals }: LifecycleStatus): Pick<DemoSummary, 'retrainings' | 'promotions' | 'rollbacks'> {
  return { retrainings: totals.trainings, promotions: totals.promotions, rollbacks: totals.rollbacks };
}

const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

function qualityLine(name: string, { rows, accuracy, auc, logLoss }: Quality): readonly string[] {
  return [name, rows.toLocaleString('en-US'), figure(accuracy), figure(auc), figure(logLoss)];
}

export function renderSummary(summary: DemoSummary): string {
  const { served, firstChampion, sameAsLastKnown, forced } = summary;
  const lines = [
    ['', 'rows', 'accuracy', 'AUC', 'log loss'],
    qualityLine('served by Incumbent', served),
    qualityLine('first champion, never retrained', firstChampion),
    qualityLine('same as the last known label', sameAsLastKnown),
  ];
  const memory =
    summary.peakMemoryMb === null ? '' : `, peak memory ${summary.peakMemoryMb.toLocaleString('en-US')} MB`;
  return [
    alignColumns(lines),
    '',
    `${summary.retrainings} retrainings, ${summary.promotions} promotions, ${summary.rollbacks} rollbacks, ${summary.seconds} s${memory}`,
    describeForced(forced),
  ].join('\n');
}

function describeForced(forced: DemoSummary['forced']): string {
  if (forced === null) return 'no bad model was forced through: the model was never at rest';
  const { version, rolledBack, labelsUntilRollback } = forced;
  const fate = rolledBack
    ? `rolled back after ${labelsUntilRollback?.toLocaleString('en-US') ?? 'some'} labels`
    : 'still serving when the data ended';
  return `forced bad model (version ${version}): ${fate}`;
}

function alignColumns(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) => line.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('  ')).join('\n');
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
