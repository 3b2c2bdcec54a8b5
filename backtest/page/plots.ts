import * as Plot from '@observablehq/plot';
import { draw, ticks, type Size } from '../../adapters/page/draw.ts';
import type { PolicyReport } from '../play.ts';
import type { Hindsight } from '../regret.ts';
import { looksOf } from './looks.ts';
import { markedEvents, type Mark } from './marked-events.ts';
import { mainMetric } from './metric.ts';
import { rollingMean, windowOf } from './rolling.ts';

/** Rolling mean of the main metric, a line per policy. */
export function drawQuality(reports: readonly PolicyReport[], size: Size): string {
  const { name } = mainMetric(reports);
  const looks = looksOf(reports.map(({ policy }) => policy));
  const blocks = reports[0]?.blocks.length ?? 0;
  const marks = reports.map(({ policy, blocks: answered }) => {
    const { colour, dash, width } = looks.get(policy)!;
    const points = rollingMean(answered, name, windowOf(blocks));
    return Plot.line(points, { x: 'block', y: 'value', stroke: colour, strokeWidth: width, strokeDasharray: dash });
  });
  return draw({
    ...size,
    label: `${name} over time, a line for each of ${reports.map(({ policy }) => policy).join(', ')}`,
    marks: [Plot.gridY({ strokeOpacity: 0.15 }), ...marks],
    x: { label: 'block', domain: [0, blocks], ...ticks(size) },
    y: { label: name, nice: true },
    marginLeft: marginFor(reports),
  });
}

/** Signals above the line of a policy, trainings on it, what they changed below. */
export const marksAs = {
  signal: { symbol: 'plus', dy: -11, rotate: 0, fill: 'none', stroke: 'currentColor' },
  training: { symbol: 'circle', dy: 0, rotate: 0, fill: 'none', stroke: 'var(--c0)' },
  refused: { symbol: 'times', dy: 0, rotate: 0, fill: 'none', stroke: 'var(--muted)' },
  promotion: { symbol: 'triangle', dy: 11, rotate: 0, fill: 'var(--c2)', stroke: 'none' },
  rollback: { symbol: 'triangle', dy: 11, rotate: 180, fill: 'var(--c3)', stroke: 'none' },
} as const satisfies Record<Mark, object>;

/** What happened, a lane per policy; each mark says why when pointed at. */
export function drawEvents(reports: readonly PolicyReport[], size: Size): string {
  const policies = reports.map(({ policy }) => policy);
  const events = markedEvents(reports);
  const marks = (Object.keys(marksAs) as Mark[]).map((mark) =>
    Plot.dot(
      events.filter((event) => event.mark === mark),
      { x: 'block', y: 'policy', title: 'title', r: size.width < 500 ? 2.5 : 3.5, strokeWidth: 1.3, ...marksAs[mark] },
    ),
  );
  return draw({
    ...size,
    label: `Signals, trainings, promotions and rollbacks of ${policies.join(', ')}; the list of decisions says them in words`,
    marks: [Plot.ruleY(policies, { strokeOpacity: 0.25 }), ...marks],
    x: { label: 'block', domain: [0, reports[0]?.blocks.length ?? 0], ...ticks(size) },
    y: { type: 'point', domain: policies, label: null, padding: 0.5 },
    marginLeft: marginFor(reports),
  });
}

/** Main metric against what a policy spent: retrainings or seconds. The line is the best that could be had. */
export function drawCost(
  reports: readonly PolicyReport[],
  spent: 'retrainings' | 'trainingSeconds',
  hindsight: Hindsight | null,
  size: Size,
): string {
  const { name } = mainMetric(reports);
  const looks = looksOf(reports.map(({ policy }) => policy));
  const label = spent === 'retrainings' ? 'retrainings' : 'seconds of training';
  const most = Math.max(1, ...reports.map((report) => report[spent]));
  const best = spent === 'retrainings' ? (hindsight?.byRetrainings ?? []) : [];
  const points = reports.flatMap((report) => {
    const value = report.quality[name] ?? null;
    return value === null ? [] : [{ policy: report.policy, spent: report[spent], value }];
  });
  const dots = points.map((point) => {
    const { colour, symbol } = looks.get(point.policy)!;
    const title = `${point.policy}: ${name} ${point.value.toFixed(3)}, ${Math.round(point.spent)} ${label}`;
    return Plot.dot([point], { x: 'spent', y: 'value', symbol, fill: colour, r: 5, title: () => title });
  });
  return draw({
    ...size,
    label: `${name} against ${label}: ${points.map((one) => `${one.policy} ${one.value.toFixed(3)} at ${Math.round(one.spent)}`).join(', ')}`,
    marks: [
      Plot.gridY({ strokeOpacity: 0.15 }),
      Plot.line(
        best.filter(({ retrainings }) => retrainings <= most),
        { x: 'retrainings', y: 'quality', stroke: 'currentColor', strokeOpacity: 0.6, strokeDasharray: '1 3' },
      ),
      ...nameSpenders(points, most),
      ...dots,
    ],
    x: { label, domain: [0, most], ...ticks(size) },
    y: { label: name, nice: true },
  });
}

interface Spender {
  readonly policy: string;
  readonly spent: number;
  readonly value: number;
}

/** Names beside the symbols, on the side where there is room. */
function nameSpenders(points: readonly Spender[], most: number): readonly Plot.Markish[] {
  const isRight = ({ spent }: Spender): boolean => spent > 0.6 * most;
  return [true, false].map((right) =>
    Plot.text(
      points.filter((point) => isRight(point) === right),
      {
        x: 'spent',
        y: 'value',
        text: 'policy',
        textAnchor: right ? 'end' : 'start',
        dx: right ? -9 : 9,
        dy: -9,
        // A seam of the page's colour, where a name lies on a line.
        fill: 'currentColor',
        stroke: 'var(--back)',
        strokeWidth: 4,
      },
    ),
  );
}

/** Room for the longest name: what is over time stands one above the other. */
function marginFor(reports: readonly PolicyReport[]): number {
  return Math.max(52, ...reports.map(({ policy }) => 16 + 7.5 * policy.length));
}
