import type { PolicyReport } from '../play.ts';
import type { Hindsight } from '../regret.ts';
import { lossUnit } from '../render-table.ts';
import { mainMetric, rank, type Metric } from './metric.ts';

const figure = (value: number): string => value.toFixed(3);
const retrainings = (count: number): string =>
  count === 1 ? '1 retraining' : `${count.toLocaleString('en-US')} retrainings`;

/** Which policy did best, by how much, and at how many retrainings; then what it is worth. */
export function verdictOf(reports: readonly PolicyReport[], hindsight: Hindsight | null): string {
  const metric = mainMetric(reports);
  const [best, ...others] = rank(reports, metric);
  if (best === undefined) return `No policy has a figure of ${metric.name}.`;
  return [`${describeBest(best, others, metric)}.`, ...describeCost(hindsight, metric)].join(' ');
}

function describeBest(best: PolicyReport, others: readonly PolicyReport[], { name }: Metric): string {
  const of = ({ quality }: PolicyReport): number => quality[name] ?? Number.NaN;
  const own = `${best.policy} did best: ${name} ${figure(of(best))} with ${retrainings(best.retrainings)}`;
  const [next] = others;
  if (next === undefined) return own;
  const gap = Math.abs(of(best) - of(next));
  const lead = name === 'accuracy' ? `${(100 * gap).toFixed(1)} points` : figure(gap);
  const after = `${next.policy} (${figure(of(next))} with ${retrainings(next.retrainings)})`;
  return gap < 0.0005 ? `${own}, no better than ${after}` : `${own}, ${lead} better than ${after}`;
}

function describeCost(hindsight: Hindsight | null, { name }: Metric): readonly string[] {
  if (hindsight === null) return [];
  const [cheapest] = [...hindsight.policies].sort((a, b) => a.cost - b.cost);
  if (cheapest === undefined) return [];
  const { best, trainingCost } = hindsight;
  return [
    `Counting a retraining as ${trainingCost} ${lossUnit(name)}, ${cheapest.policy} cost least: ${whole(cheapest.cost)}, ` +
      `${whole(cheapest.regret)} more than the best schedule in hindsight (${retrainings(best.retrainings)}).`,
  ];
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
