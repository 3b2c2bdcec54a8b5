import * as Plot from '@observablehq/plot';
import { draw, ticks, type Size } from '../../adapters/page/draw.ts';
import { boundObservations, type MonitorObservation } from '../../domain/dashboard/observation.ts';
import { formatNumber } from '../../domain/gate/wording.ts';

interface LossPoint {
  readonly rows: number;
  readonly loss: number;
  readonly champion: string;
  readonly title: string;
}

/** A page of many models must come at once: what an eye can't tell apart is merged. */
const mostLooks = 150;
const mostDots = 60;

/** Mean loss of the outcomes that came in between two looks, and what the holdout promised. */
export function drawQuality(observations: readonly MonitorObservation[], size: Size): string {
  const shown = boundObservations(observations, mostLooks);
  const points = shown.flatMap(({ rows, losses, champion }): LossPoint[] => {
    if (losses === null) return [];
    const title = `version ${champion}: ${formatNumber(losses.mean)} over ${losses.count} outcomes`;
    return [{ rows, loss: losses.mean, champion, title }];
  });
  const promised = shown.filter((one) => one.promised !== null);
  const last = points.at(-1);
  return draw({
    ...size,
    label: `Live loss over predictions: ${last === undefined ? 'no outcome yet' : `${formatNumber(last.loss)} at the last look`}, promised at most ${formatNumber(promised.at(-1)?.promised ?? 0)}`,
    marks: [
      Plot.gridY({ strokeOpacity: 0.15 }),
      Plot.line(promised, {
        x: 'rows',
        y: 'promised',
        z: 'champion',
        curve: 'step-after',
        stroke: 'var(--c3)',
        strokeWidth: 1.5,
        strokeDasharray: '6 4',
      }),
      Plot.line(points, { x: 'rows', y: 'loss', stroke: 'var(--c1)', strokeWidth: 1.5 }),
      ...(points.length > mostDots
        ? []
        : [Plot.dot(points, { x: 'rows', y: 'loss', r: 2, fill: 'var(--c1)', title: 'title' })]),
      Plot.ruleX(
        changesOf(points).map(({ rows }) => rows),
        { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '1 3' },
      ),
    ],
    x: { label: 'predictions', ...ticks(size) },
    y: { label: 'mean loss', nice: true, zero: true },
  });
}

/** The first points of another champion. */
function changesOf(points: readonly LossPoint[]): readonly LossPoint[] {
  return points.filter(({ champion }, index) => index > 0 && points[index - 1]!.champion !== champion);
}

interface DriftCell {
  readonly place: number;
  readonly rows: number;
  readonly feature: string;
  readonly size: number;
  readonly outcome: string;
}

/** More columns would be too narrow to be pointed at. */
const mostColumns = { wide: 40, narrow: 20 };
const mostFeatures = 12;
/** A PSI from which on a cell is as dark as it gets. */
const darkest = 1;

/** Features by the looks that judged them: the darker, the farther they moved; what counts as drift has a mark. */
export function drawDrift(observations: readonly MonitorObservation[], { width }: Size): string {
  const columns = width < 500 ? mostColumns.narrow : mostColumns.wide;
  const looks = observations.filter(({ drift }) => drift.length > 0).slice(-columns);
  const features = rankFeatures(looks).slice(0, mostFeatures);
  const cells = looks.flatMap(({ drift, rows }, place) =>
    drift
      .filter(({ feature }) => features.includes(feature))
      .map(({ feature, size, outcome }): DriftCell => ({ place, rows, feature: shorten(feature), size, outcome })),
  );
  const names = features.map(shorten);
  const every = Math.max(1, Math.ceil(looks.length / (width < 500 ? 3 : 8)));
  return draw({
    width,
    height: 60 + 22 * features.length,
    label: `Drift of features at the newest ${looks.length} looks; farthest now: ${describeFarthest(looks.at(-1))}`,
    marks: [
      Plot.cell(cells, {
        x: 'place',
        y: 'feature',
        fill: 'var(--c1)',
        fillOpacity: ({ size }: DriftCell) => 0.06 + 0.84 * Math.min(1, size / darkest),
        inset: 0.5,
        title: ({ feature, size, rows }: DriftCell) => `${feature}: PSI ${formatNumber(size)} at ${rows} predictions`,
      }),
      Plot.dot(
        cells.filter(({ outcome }) => outcome === 'fail'),
        {
          x: 'place',
          y: 'feature',
          r: width < 500 ? 1.5 : 2.5,
          fill: 'var(--c3)',
          stroke: 'var(--back)',
          strokeWidth: 1,
        },
      ),
    ],
    x: {
      type: 'band',
      domain: looks.map((_, place) => place),
      ticks: looks.map((_, place) => place).filter((place) => place % every === 0),
      tickFormat: (place: number) => looks[place]!.rows.toLocaleString('en-US'),
      label: 'predictions',
    },
    y: { type: 'band', domain: names, label: null },
    marginLeft: 16 + 7 * Math.max(4, ...names.map(({ length }) => length)),
  });
}

function shorten(feature: string): string {
  return feature.length <= 16 ? feature : `${feature.slice(0, 15)}…`;
}

/** What drifted most often first, then by how far it moved. */
function rankFeatures(looks: readonly MonitorObservation[]): readonly string[] {
  const scores = new Map<string, number>();
  for (const { drift } of looks) {
    for (const { feature, size, outcome } of drift) {
      scores.set(feature, (scores.get(feature) ?? 0) + (outcome === 'fail' ? 1_000 : 0) + size);
    }
  }
  return [...scores].sort((a, b) => b[1] - a[1]).map(([feature]) => feature);
}

function describeFarthest(look: MonitorObservation | undefined): string {
  const [first] = [...(look?.drift ?? [])].sort((a, b) => b.size - a.size);
  return first === undefined ? 'nothing' : `${first.feature}, PSI ${formatNumber(first.size)}`;
}
