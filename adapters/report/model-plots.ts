import * as Plot from '@observablehq/plot';
import type { Importances } from '../../domain/explain/importances.ts';
import type { FeatureImportance } from '../../domain/explain/permutation-importance.ts';
import type { DriftCell, FeatureDrift } from '../../domain/report/drift-summary.ts';
import type { CandidateLine, TrainingPoint } from '../../domain/report/evidence.ts';
import type { CheckLine } from '../../domain/report/report.ts';
import { draw, type Size } from '../page/draw.ts';
import { raw, type Markup } from '../page/markup.ts';
import { looks } from './looks.ts';
import { number, percent } from './words.ts';

const mostFeatures = 20;
const small = { width: 400, height: 220 };

/** Something with a name, a value and its interval: a line each. */
interface Estimate {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Names stand above their lines: they may be longer than a phone is wide. */
function drawEstimates(estimates: readonly Estimate[], label: string, axis: string, { width }: Size): string {
  const placed = estimates.map((one, place) => ({ ...one, place }));
  const count = { ticks: width < 500 ? 4 : 8 };
  return draw({
    width,
    height: 60 + 36 * estimates.length,
    label,
    marks: [
      Plot.gridX({ strokeOpacity: 0.15, ...count }),
      Plot.ruleX([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      Plot.ruleY(placed, {
        y: 'place',
        x1: 'low',
        x2: 'high',
        stroke: 'var(--c1)',
        strokeWidth: 2,
        strokeOpacity: 0.6,
      }),
      Plot.dot(placed, { x: 'value', y: 'place', r: 4, fill: 'var(--c1)' }),
      Plot.text(placed, {
        y: 'place',
        text: 'name',
        frameAnchor: 'left',
        textAnchor: 'start',
        dy: -14,
        fill: 'currentColor',
        stroke: 'var(--back)',
        strokeWidth: 4,
      }),
    ],
    x: { label: axis, insetLeft: 10, insetRight: 10, ...count },
    y: { type: 'point', domain: placed.map(({ place }) => place), axis: null, padding: 0.7 },
    marginLeft: 12,
  });
}

/** What the loss owes to each feature, with its interval. */
export function drawImportances({ features, loss }: Importances, size: Size): string {
  const shown = features.slice(0, mostFeatures);
  const words = shown.slice(0, 3).map(({ feature, importance }) => `${feature} ${number(importance)}`);
  return drawEstimates(
    shown.map(({ feature, importance, interval }: FeatureImportance) => ({
      name: feature,
      value: importance,
      low: finite(interval.low, importance),
      high: finite(interval.high, importance),
    })),
    `Importance of features, with intervals: ${words.join(', ')} first`,
    `rise of the ${loss}`,
    size,
  );
}

function finite(end: number | null, instead: number): number {
  return end === null || !Number.isFinite(end) ? instead : end;
}

/** Difference by slice with its interval, worst first. */
export function drawSlices(slices: readonly CheckLine[], size: Size): string {
  return drawEstimates(
    slices.map(({ name, effectSize = 0, interval }) => ({
      name: name.replace(/^slice:/, ''),
      value: effectSize,
      low: interval?.low ?? effectSize,
      high: interval?.high ?? effectSize,
    })),
    'Challenger against champion by slice, with intervals; right of zero the challenger is better',
    'challenger better →',
    size,
  );
}

/** Losses of one candidate by epoch. */
export function drawTraining({ id, curve, bestEpoch }: CandidateLine): Markup {
  const best = curve.find(({ epoch }) => epoch === bestEpoch) ?? curve.at(-1);
  return raw(
    draw({
      ...small,
      label: `Training of ${id}: validation loss ${number(best?.validationLoss)} at epoch ${bestEpoch}, the best of ${curve.length}`,
      marks: [
        Plot.gridY({ strokeOpacity: 0.15, ticks: 4 }),
        Plot.ruleX([bestEpoch], { stroke: 'currentColor', strokeOpacity: 0.4, strokeDasharray: '1 3' }),
        Plot.line(curve as TrainingPoint[], { x: 'epoch', y: 'trainLoss', ...looks.champion }),
        Plot.line(curve as TrainingPoint[], { x: 'epoch', y: 'validationLoss', ...looks.challenger }),
        ...(curve.length > 1
          ? []
          : [Plot.dot(curve as TrainingPoint[], { x: 'epoch', y: 'validationLoss', fill: 'var(--c1)' })]),
      ],
      x: { label: 'epoch', ticks: Math.min(6, curve.length), tickFormat: 'd' },
      y: { label: 'loss', ticks: 4, nice: true },
    }),
  );
}

/** Shares of a feature's values, before and now. */
export function drawDrift({ feature, cells, check }: FeatureDrift): Markup {
  const most = [...cells].sort((a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference))[0];
  const moved =
    most === undefined ? '' : `; most at ${most.name}: ${percent(most.reference)} before, ${percent(most.current)} now`;
  const longest = Math.max(...cells.map(({ name }) => Math.min(name.length, 18)));
  const named = cells.map((cell, index) => ({ ...cell, name: `${cell.name.slice(0, 18)}${'\u200b'.repeat(index)}` }));
  return raw(
    draw({
      width: 400,
      height: 60 + 20 * cells.length,
      label: `${feature}: PSI ${number(check.effectSize)}${moved}`,
      marks: [
        Plot.gridX({ strokeOpacity: 0.15, ticks: 4 }),
        Plot.barX(named, { x: 'current', y: 'name', fill: 'var(--c1)', fillOpacity: 0.45 }),
        Plot.tickX(named as (DriftCell & { name: string })[], {
          x: 'reference',
          y: 'name',
          stroke: 'var(--c3)',
          strokeWidth: 3,
        }),
      ],
      x: { label: 'share of rows', ticks: 4, tickFormat: '%' },
      y: { type: 'band', label: null, domain: named.map(({ name }) => name), padding: 0.25 },
      marginLeft: 16 + 6.6 * longest,
    }),
  );
}
