import * as Plot from '@observablehq/plot';
import type { Both, GainPoint } from '../../domain/report/comparison.ts';
import type { CurvePoint, RankingCurves } from '../../domain/report/ranking-curves.ts';
import type { ReliabilityBin } from '../../domain/report/reliability.ts';
import type { ResidualComparison } from '../../domain/report/residuals.ts';
import { draw, ticks, type Size } from '../page/draw.ts';
import { raw, type Markup } from '../page/markup.ts';
import { looks } from './looks.ts';
import { number } from './words.ts';

const half = { width: 400, height: 300 };
const share = { domain: [0, 1], ticks: 5 };
const diagonal = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
];

const grid = [Plot.gridX({ ticks: 5, strokeOpacity: 0.12 }), Plot.gridY({ ticks: 5, strokeOpacity: 0.12 })] as const;

/** Champion's line under the challenger's. */
function lines<T>({ champion, challenger }: Both<readonly T[]>, x: keyof T & string, y: keyof T & string) {
  return [
    ...(champion === null ? [] : [Plot.line(champion as T[], { x, y, ...looks.champion })]),
    ...(challenger === null ? [] : [Plot.line(challenger as T[], { x, y, ...looks.challenger })]),
  ];
}

function pick(curves: Both<RankingCurves>, which: keyof RankingCurves): Both<readonly CurvePoint[]> {
  return { champion: curves.champion?.[which] ?? null, challenger: curves.challenger?.[which] ?? null };
}

export function drawRoc(curves: Both<RankingCurves>, areas: Both<number>): Markup {
  const against = areas.champion === null ? '' : `, champion ${number(areas.champion)}`;
  return raw(
    draw({
      ...half,
      label: `ROC curve; area under it: challenger ${number(areas.challenger)}${against}`,
      marks: [
        ...grid,
        Plot.line(diagonal, { x: 'x', y: 'y', stroke: 'currentColor', strokeOpacity: 0.4, strokeDasharray: '1 3' }),
        ...lines(pick(curves, 'roc'), 'x', 'y'),
      ],
      x: { label: 'false alarms', ...share },
      y: { label: 'found', ...share },
    }),
  );
}

export function drawPrecisionRecall(curves: Both<RankingCurves>): Markup {
  return raw(
    draw({
      ...half,
      label: 'Precision over recall of challenger and champion, over all thresholds',
      marks: [...grid, ...lines(pick(curves, 'precisionRecall'), 'x', 'y')],
      x: { label: 'recall: found', ...share },
      y: { label: 'precision: right among the found', ...share },
    }),
  );
}

/** Predicted against observed, with the challenger's intervals. */
export function drawReliability(bins: Both<readonly ReliabilityBin[]>, isShare: boolean): Markup {
  const all = [...(bins.challenger ?? []), ...(bins.champion ?? [])];
  const ends = all.flatMap(({ predicted, observed }) => [predicted, observed]);
  const domain = isShare ? [0, 1] : [Math.min(...ends), Math.max(...ends)];
  const worst = Math.max(...(bins.challenger ?? []).map(({ predicted, observed }) => Math.abs(predicted - observed)));
  const ideal = domain.map((end) => ({ x: end, y: end }));
  return raw(
    draw({
      ...half,
      label: `Calibration: predicted against observed in bins of equal mass; the challenger is off by at most ${number(worst)}`,
      marks: [
        ...grid,
        Plot.line(ideal, { x: 'x', y: 'y', stroke: 'currentColor', strokeOpacity: 0.4, strokeDasharray: '1 3' }),
        Plot.ruleX((bins.challenger ?? []) as ReliabilityBin[], {
          x: 'predicted',
          y1: ({ interval }: ReliabilityBin) => Math.max(domain[0]!, interval.low),
          y2: ({ interval }: ReliabilityBin) => Math.min(domain[1]!, interval.high),
          stroke: 'var(--c1)',
          strokeOpacity: 0.6,
        }),
        ...lines(bins, 'predicted', 'observed'),
        Plot.dot((bins.challenger ?? []) as ReliabilityBin[], {
          x: 'predicted',
          y: 'observed',
          r: 3,
          fill: 'var(--c1)',
        }),
      ],
      x: { label: 'predicted', domain, ticks: 5 },
      y: { label: 'observed', domain, ticks: 5 },
    }),
  );
}

/** Where in the holdout the difference was made: a rising line is the challenger's. */
export function drawGain(points: readonly GainPoint[], unit: string, size: Size): string {
  const last = points.at(-1);
  return draw({
    ...size,
    label: `${unit} saved by the challenger along the holdout, in time order: ${number(last?.gain)} after ${last?.row ?? 0} rows`,
    marks: [
      Plot.gridY({ strokeOpacity: 0.15 }),
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      Plot.line(points as GainPoint[], { x: 'row', y: 'gain', ...looks.challenger }),
    ],
    x: { label: 'row of the holdout', ...ticks(size) },
    y: { label: `${unit} saved`, nice: true },
  });
}

export function drawResiduals({ edges, champion, challenger }: ResidualComparison): Markup {
  const steps = (counts: readonly number[]): CurvePoint[] =>
    counts.flatMap((rows, bin) => [
      { x: edges[bin]!, y: rows },
      { x: edges[bin + 1]!, y: rows },
    ]);
  const old =
    champion === null ? '' : `; champion: mean ${number(champion.mean)}, spread ${number(champion.standardDeviation)}`;
  return raw(
    draw({
      ...half,
      label: `Residuals (label minus prediction): challenger: mean ${number(challenger.mean)}, spread ${number(challenger.standardDeviation)}${old}`,
      marks: [
        Plot.gridY({ strokeOpacity: 0.15 }),
        Plot.ruleX([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
        ...lines({ challenger: steps(challenger.counts), champion: champion && steps(champion.counts) }, 'x', 'y'),
      ],
      x: { label: 'label minus prediction', ticks: 5 },
      y: { label: 'rows', nice: true, ticks: 5 },
    }),
  );
}
