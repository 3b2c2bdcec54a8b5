import { htmlDocument } from '../../adapters/page/document.ts';
import { atTwoWidths } from '../../adapters/page/draw.ts';
import { escape } from '../../adapters/page/escape.ts';
import { raw } from '../../adapters/page/markup.ts';
import type { PolicyReport } from '../play.ts';
import type { Hindsight } from '../regret.ts';
import { describeHindsight, tableOf } from '../render-table.ts';
import { lineLegend, markLegend } from './legend.ts';
import { drawCost, drawEvents, drawQuality } from './plots.ts';
import { windowOf } from './rolling.ts';
import { verdictOf } from './verdict.ts';

export interface BacktestPage {
  readonly project: string;
  readonly reports: readonly PolicyReport[];
  readonly hindsight: Hindsight | null;
}

/** A backtest as one HTML file that asks for nothing else: verdict, table, plots, decisions. */
export function renderPage({ project, reports, hindsight }: BacktestPage): string {
  const title = `Backtest of ${project}`;
  const body = `<h1>${escape(title)}</h1>
<p class="verdict">${escape(verdictOf(reports, hindsight))}</p>
<p class="facts">${escape(factsOf(reports))}</p>
${renderTable(reports, hindsight)}
${renderTime(reports)}
${renderCosts(reports, hindsight)}
${renderDecisions(reports)}`;
  return htmlDocument(title, raw(body)).html;
}

function factsOf(reports: readonly PolicyReport[]): string {
  const rows = (reports[0]?.rows ?? 0).toLocaleString('en-US');
  const blocks = (reports[0]?.blocks.length ?? 0).toLocaleString('en-US');
  return `${rows} rows in ${blocks} blocks; every block was answered before any of its labels was known.`;
}

function renderTable(reports: readonly PolicyReport[], hindsight: Hindsight | null): string {
  const [head, ...lines] = tableOf(reports, hindsight);
  const cells = (line: readonly string[]): string =>
    line.map((cell, column) => (column === 0 ? rowHead(cell) : `<td>${escape(cell)}</td>`)).join('');
  const names = (head ?? []).map((name) => `<th scope="col">${escape(name)}</th>`).join('');
  const body = lines.map((line) => `<tr>${cells(line)}</tr>`).join('\n');
  const note = hindsight === null ? '' : `<p class="facts">${escape(noteOn(hindsight, reports))}</p>`;
  return `<h2 id="policies">Policies</h2>
<div class="scroll" role="region" aria-labelledby="policies" tabindex="0">
<table><thead><tr>${names}</tr></thead><tbody>
${body}
</tbody></table></div>${note}`;
}

const rowHead = (text: string): string => `<th scope="row">${escape(text)}</th>`;

function noteOn(hindsight: Hindsight, reports: readonly PolicyReport[]): string {
  const sentence = describeHindsight(hindsight, reports[0]?.quality ?? {});
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. Regret is what a policy cost more.`;
}

function renderTime(reports: readonly PolicyReport[]): string {
  const policies = reports.map(({ policy }) => policy);
  const window = windowOf(reports[0]?.blocks.length ?? 0);
  const mean = window === 1 ? 'each block by itself' : `mean of the newest ${window} blocks`;
  const lanes = (row: number): number => 64 + row * policies.length;
  return `<h2>Over time</h2>
${lineLegend(policies)}
<figure>${atTwoWidths((size) => drawQuality(reports, size), { wide: 320, narrow: 240 })}
<figcaption>Quality: ${mean}.</figcaption></figure>
${markLegend()}
<figure>${atTwoWidths((size) => drawEvents(reports, size), { wide: lanes(44), narrow: lanes(44) })}
<figcaption>Point at a mark to read the reason; the decisions below say the same in words.</figcaption></figure>`;
}

function renderCosts(reports: readonly PolicyReport[], hindsight: Hindsight | null): string {
  const line =
    hindsight === null ? '' : ' The dotted line is the best that as many retrainings could have had, in hindsight.';
  const draw = (spent: 'retrainings' | 'trainingSeconds'): string =>
    drawCost(reports, spent, hindsight, { width: 460, height: 280 });
  return `<h2>What quality costs</h2>
<div class="pair">
<figure>${draw('retrainings')}<figcaption>Against retrainings.${line}</figcaption></figure>
<figure>${draw('trainingSeconds')}<figcaption>Against seconds of training on this machine.</figcaption></figure>
</div>`;
}

/** The project's own policy first and open. */
function renderDecisions(reports: readonly PolicyReport[]): string {
  const isOwn = ({ policy }: PolicyReport): boolean => policy === 'policy';
  const ordered = [...reports.filter(isOwn), ...reports.filter((report) => !isOwn(report))];
  return `<h2>Decisions</h2>
${ordered.map((report) => decisionsOf(report, isOwn(report))).join('\n')}`;
}

function decisionsOf({ policy, events }: PolicyReport, isOpen: boolean): string {
  const items = events.map(
    ({ block, kind, summary }) => `<li><b>after block ${block}, ${escape(kind)}:</b> ${escape(summary)}</li>`,
  );
  return `<details${isOpen ? ' open' : ''}><summary>${escape(policy)}: ${items.length.toLocaleString('en-US')} entries</summary>
<ul class="decisions">
${items.join('\n')}
</ul></details>`;
}
