import type { PolicyReport } from './play.ts';

const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

/** The reports as a table that a person reads: a line per policy. */
export function renderTable(reports: readonly PolicyReport[]): string {
  const metrics = Object.keys(reports[0]?.quality ?? {});
  const head = ['policy', 'rows', ...metrics, 'retrainings', 'promotions', 'rollbacks', 'training'];
  const lines = reports.map((report) => [
    report.policy,
    report.rows.toLocaleString('en-US'),
    ...metrics.map((name) => figure(report.quality[name] ?? null)),
    String(report.retrainings),
    String(report.promotions),
    String(report.rollbacks),
    `${Math.round(report.trainingSeconds)} s`,
  ]);
  return align([head, ...lines]);
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
