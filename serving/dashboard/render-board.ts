import { atTwoWidths } from '../../adapters/page/draw.ts';
import { markup, raw, type Markup } from '../../adapters/page/markup.ts';
import { drawEvidence } from '../../adapters/report/probation-plots.ts';
import { figure } from '../../adapters/report/frame.ts';
import { pairLegend } from '../../adapters/report/looks.ts';
import { count, dash, moment } from '../../adapters/report/words.ts';
import { requestsOf, type PersonRequest } from '../../domain/dashboard/requests.ts';
import { drawDrift, drawQuality } from './plots.ts';
import type { Board } from './read-boards.ts';
import { renderTimeline } from './timeline.ts';

/** All models, each part with an id of its own, so that the page can replace what has changed and leave the rest. */
export function renderBoards(boards: readonly Board[]): Markup {
  if (boards.length === 0) {
    return markup`<section id="none"><p>No model is served yet. Start one with <code>incumbent start</code>.</p></section>`;
  }
  return markup`${boards.map(renderOnce)}`;
}

const rendered = new WeakMap<Board, Markup>();

/** Plots take a while, and a board that is the same object shows the same. */
function renderOnce(board: Board): Markup {
  const known = rendered.get(board) ?? renderBoard(board);
  rendered.set(board, known);
  return known;
}

function renderBoard(board: Board): Markup {
  const { model } = board;
  return markup`<section id="${model}" aria-labelledby="${model}-name">
<h2 id="${model}-name">${model}</h2>
<div id="${model}-serves" data-part>${renderServing(board)}</div>
<div id="${model}-asks" data-part aria-live="polite">${renderRequests(board)}</div>
<div id="${model}-quality" data-part>${renderQuality(board)}</div>
<div id="${model}-probation" data-part>${renderProbation(board)}</div>
<div id="${model}-drift" data-part>${renderDrift(board)}</div>
<div id="${model}-timeline" data-part>${renderTimeline(board)}</div>
</section>
`;
}

function renderServing({ serving, previous, sinceMs, problem, standing }: Board): Markup {
  const since = sinceMs === null ? '' : ` since ${moment(sinceMs)}`;
  const shadow = previous === null ? '' : ` Version ${previous} scores in its shadow.`;
  const totals = standing?.totals;
  return markup`<p class="lead">${serving === null ? 'No version serves yet.' : `Version ${serving} serves${since}.${shadow}`}</p>
${problem === null ? null : markup`<p class="problem">${problem}</p>`}
<p class="facts">${
    standing === null || totals === undefined
      ? 'No decision has been taken yet.'
      : `${standing.stage} · ${count(totals.trainings)} retrainings, ${count(totals.promotions)} promotions, ${count(totals.rollbacks)} rollbacks, followed the labels ${count(totals.followed ?? 0)} times`
  }${standing !== null && standing.quarantined.length > 0 ? ` · in quarantine: version ${standing.quarantined.join(', ')}` : ''}</p>`;
}

function renderRequests({ model, standing }: Board): Markup {
  const requests = standing === null ? [] : requestsOf(model, standing);
  if (requests.length === 0) return markup`<p class="facts">Nothing awaits a person.</p>`;
  return markup`<ul class="asks">${requests.map(renderRequest)}</ul>`;
}

function renderRequest({ title, reason, commands }: PersonRequest): Markup {
  return markup`<li><h3>${title}</h3><p>${reason}</p>
${commands.map(({ does, command }) => markup`<p class="facts">to ${does}: <code tabindex="0">${command}</code></p>`)}</li>
`;
}

function renderQuality({ observations }: Board): Markup {
  const known = observations.filter(({ losses }) => losses !== null);
  if (known.length === 0) return markup`<h3>Live quality</h3><p class="facts">No outcome has come yet.</p>`;
  return markup`<h3>Live quality</h3>
${pairLegend('loss of the outcomes since the look before', 'promised by the holdout, at most')}
${figure(
  raw(atTwoWidths((size) => drawQuality(observations, size), { wide: 240, narrow: 220 })),
  'Error rate, or scaled error of values. Dotted upright lines: another version serves from here on.',
)}`;
}

function renderProbation({ probation }: Board): Markup {
  if (probation === null || probation.evidence.trace.points.length === 0) return markup``;
  const { evidence, isRunning } = probation;
  const { champion, previous, verdict, trace } = evidence;
  const lead = isRunning ? `Version ${champion} is on probation` : `The last probation, of version ${champion}`;
  return markup`<h3>${lead} against version ${previous}</h3>
<p>${verdict.reason}</p>
${pairLegend('evidence that the new champion is worse', 'evidence of a decay after a better start')}
${figure(
  raw(atTwoWidths((size) => drawEvidence(trace, size), { wide: 240, narrow: 220 })),
  `Evidence over the labels. At the line it is rolled back. Looked at last ${moment(evidence.lookedAtMs)}.`,
)}`;
}

function renderDrift({ observations }: Board): Markup {
  const last = observations.findLast(({ drift }) => drift.length > 0);
  if (last === undefined) return markup`<h3>Drift</h3><p class="facts">No window of inputs is full yet.</p>`;
  const drifted = last.drift.filter(({ outcome }) => outcome === 'fail').map(({ feature }) => feature);
  return markup`<h3>Drift</h3>
<p class="facts">At ${count(last.rows)} predictions: ${drifted.length === 0 ? 'no feature has drifted' : `drifted: ${dash(drifted.join(', '))}`}.</p>
${figure(
  raw(atTwoWidths((size) => drawDrift(observations, size), { wide: 0, narrow: 0 })),
  'Features over time against what the champion of the day learned from: the darker, the farther they moved; a dot where it counts as drift.',
)}`;
}
