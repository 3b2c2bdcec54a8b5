import type { PolicyReport } from './play.ts';
import type { Hindsight } from './regret.ts';

const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** The reports as a table that a person reads, a line per policy; the first line names the columns. */
export function tableOf(reports: readonly PolicyReport[], hindsight: Hindsight | null): readonly (readonly string[])[] {
  const metrics = Object.keys(reports[0]?.quality ?? {});
  const regret = hindsight === null ? [] : ['cost', 'regret'];
  const head = [
    'policy',
    'rows',
    ...metrics,
    'retrainings',
    'promotions',
    'rollbacks',
    'followed',
    'training',
    ...regret,
  ];
  const lines = reports.map((report, index) => {
    const costs = hindsight?.policies[index];
    return [
      report.policy,
      report.rows.toLocaleString('en-US'),
      ...metrics.map((name) => figure(report.quality[name] ?? null)),
      String(report.retrainings),
      String(report.promotions),
      String(report.rollbacks),
      String(report.followed),
      `${Math.round(report.trainingSeconds)} s`,
      ...(costs === undefined ? [] : [whole(costs.cost), whole(costs.regret)]),
    ];
  });
  return [head, ...lines];
}

/** The table in columns of equal width, and below it what could have been had in hindsight. */
export function renderTable(reports: readonly PolicyReport[], hindsight: Hindsight | null): string {
  const table = align(tableOf(reports, hindsight));
  return hindsight === null ? table : `${table}\n\n${describeHindsight(hindsight, reports[0]?.quality ?? {})}`;
}

/** What losses are counted in, where this is the task's main metric. */
export function lossUnit(metric: string): string {
  return metric === 'accuracy' ? 'wrong answers' : "labels' variances";
}

/** A sentence; `quality` names the metric. */
export function describeHindsight({ best, models, trainingCost }: Hindsight, quality: PolicyReport['quality']): string {
  const [metric] = Object.keys(quality);
  const unit = lossUnit(metric ?? '');
  return (
    `best schedule in hindsight, of ${models.toLocaleString('en-US')} models and at ${trainingCost} ${unit} a retraining: ` +
    `${metric} ${figure(best.quality)}, ${best.retrainings} retrainings, cost ${whole(best.cost)} ${unit}`
  );
}

function align(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
