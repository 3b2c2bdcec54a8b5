import type { DataUsed, RetrainingEvidence } from '../../domain/report/evidence.ts';
import type { ServingCost } from '../../domain/gate/cost/serving-cost.ts';
import { markup, type Markup } from '../page/markup.ts';
import { renderTable } from '../page/table.ts';
import { bytes, count, dash, duration, moment, percent } from './words.ts';

/** Snapshot, split, time, labels. */
export function renderData(data: DataUsed): Markup {
  const { rows, trainRows, validationRows, holdoutRows, range, predictions, labels } = data;
  const part = (size: number): string => `${count(size)} (${percent(size / rows)})`;
  const time = (atMs: number | null): string => (atMs === null ? 'before anything was served' : moment(atMs));
  const lines: readonly (readonly [string, string])[] = [
    ['snapshot', data.snapshotId],
    ['rows', count(rows)],
    ['to train', part(trainRows)],
    ['to validate', part(validationRows)],
    ['held out, the newest', part(holdoutRows)],
    [range?.of ?? 'time', range === null ? 'rows have no time' : `${time(range.fromMs)} to ${time(range.toMs)}`],
    ['first and last row', `${data.firstKey} to ${data.lastKey}`],
    [
      'labels of what was served',
      predictions === 0
        ? 'nothing was served yet'
        : `${count(labels)} of ${count(predictions)} (${percent(labels / predictions)}); a cohort is mature with ${percent(data.matureShare)} of its labels, or ${count(data.labelDelayRows)} rows later`,
    ],
    ['label', data.label],
    ['features', `${count(data.features.length)}: ${data.features.map(({ name }) => name).join(', ')}`],
  ];
  return markup`<h2>Data used</h2>
${renderFacts(lines)}
${
  data.classes.length === 0
    ? null
    : renderTable({
        caption: 'Shares of the classes',
        head: ['class', 'training', 'holdout'],
        rows: data.classes.map(({ name, training, holdout }) => [name, percent(training), percent(holdout)]),
      })
}`;
}

/** What training took and serving takes. */
export function renderCosts({ candidates, costs, champion }: RetrainingEvidence): Markup {
  const seconds = candidates.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0);
  const line = (name: string, { bytes: size, speed }: ServingCost): readonly string[] => [
    name,
    bytes(size),
    dash(speed === null ? null : duration(speed.medianMs)),
    dash(speed === null ? null : duration(speed.p99Ms)),
    dash(speed === null ? null : count(speed.rowsPerSecond)),
  ];
  return markup`<h2>Cost</h2>
<p>Training took ${seconds.toFixed(1)} seconds for ${count(candidates.filter(({ epochs }) => epochs > 0).length)} networks.</p>
${renderTable({
  caption: 'What serving takes',
  head: ['', 'size', 'one row, median', 'one row, 99th percentile', 'rows a second in batches'],
  rows: [
    line('challenger', costs.challenger),
    ...(costs.champion === null ? [] : [line(`champion (version ${champion})`, costs.champion)]),
  ],
})}`;
}

export function renderFacts(lines: readonly (readonly [string, string])[]): Markup {
  return markup`<dl class="data">${lines.map(
    ([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  )}</dl>`;
}
