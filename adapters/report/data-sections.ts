import type { CandidateLine, DataUsed, MemberLine, RetrainingEvidence } from '../../domain/report/evidence.ts';
import type { ServingCost } from '../../domain/gate/cost/serving-cost.ts';
import type { SearchAccount } from '../../domain/search/successive-halving.ts';
import { markup, type Markup } from '../page/markup.ts';
import { renderTable } from '../page/table.ts';
import { figure } from './frame.ts';
import { pairLegend } from './looks.ts';
import { drawTraining } from './model-plots.ts';
import { bytes, count, dash, duration, moment, number, percent } from './words.ts';

/** The candidates and how they learned. */
export function renderTraining({ candidates, search, members }: RetrainingEvidence): Markup {
  const drawn = candidates.filter(({ curve }) => curve.length > 0);
  return markup`<h2>Candidates</h2>
${renderTable({
  caption: 'What was tried, and what it lost on the validation part',
  head: ['candidate', 'validation loss', 'epochs (best)', 'parameters', 'seconds'],
  rows: candidates.map(describeCandidate),
})}
${search === undefined ? null : renderSearch(search)}
${members.length === 0 ? null : renderMembers(members)}
${
  drawn.length === 0
    ? null
    : markup`<h3>Training curves</h3>${pairLegend('validation loss', 'training loss')}
<div class="pair">${drawn.map((one) => figure(drawTraining(one), `${one.id}${one.isChosen ? ' (chosen)' : ''}`))}</div>`
}`;
}

function describeCandidate({
  id,
  isChosen,
  validationLoss,
  epochs,
  bestEpoch,
  parameters,
  trainSeconds,
}: CandidateLine) {
  return [
    isChosen ? markup`${id} <b>chosen</b>` : id,
    number(validationLoss),
    epochs === 0 ? '–' : `${epochs} (${bestEpoch})`,
    count(parameters),
    trainSeconds.toFixed(1),
  ];
}

/** Who was stopped on the way, and why. */
function renderSearch({ stopped, epochs, mostEpochs }: SearchAccount): Markup {
  const lines = stopped.map(
    ({ id, reason }) => markup`<li><b>${id}</b> ${reason}</li>
`,
  );
  return markup`<p>Candidates were compared on the way, and ${stopped.length === 0 ? 'none' : count(stopped.length)} stopped early: ${count(epochs)} of at most ${count(mostEpochs)} epochs were trained.</p>
${stopped.length === 0 ? null : markup`<ul>${lines}</ul>`}`;
}

function renderMembers(members: readonly MemberLine[]): Markup {
  return renderTable({
    caption: 'The blend answers with the weighted mean of',
    head: ['network', 'weight', 'trained'],
    rows: members.map(({ candidateId, weight, isOfThisRun }) => [
      candidateId,
      percent(weight),
      isOfThisRun ? 'in this run' : 'for an earlier version',
    ]),
  });
}

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
