import type { PolicyReport } from '../play.ts';

/** The metric that policies are compared by: the first that a task has. */
export interface Metric {
  readonly name: string;
  /** RMSE and losses are the better the lower. */
  readonly isHigherBetter: boolean;
}

export function mainMetric(reports: readonly PolicyReport[]): Metric {
  const [name] = Object.keys(reports[0]?.quality ?? {});
  if (name === undefined) throw new Error('there is no report to show');
  return { name, isHigherBetter: name === 'accuracy' };
}

/** Policies from best to worst; those without a figure are left out. */
export function rank(reports: readonly PolicyReport[], { name, isHigherBetter }: Metric): readonly PolicyReport[] {
  const figure = ({ quality }: PolicyReport): number => quality[name] ?? Number.NaN;
  const sign = isHigherBetter ? -1 : 1;
  return reports.filter((one) => Number.isFinite(figure(one))).sort((a, b) => sign * (figure(a) - figure(b)));
}
