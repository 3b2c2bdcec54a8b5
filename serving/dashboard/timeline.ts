import { markup, type Markup } from '../../adapters/page/markup.ts';
import type { LedgerEntry } from '../../adapters/ports/ledger.ts';
import { count, moment } from '../../adapters/report/words.ts';
import type { Board } from './read-boards.ts';

const mostShown = 12;
const mostListed = 100;

/** Steps on the way that the entry after them says again. */
function isStep({ kind }: LedgerEntry): boolean {
  return kind.endsWith(' intended');
}

/** Signals and decisions, newest first, with the reports of those that have one. */
export function renderTimeline({ model, decisions }: Board): Markup {
  const all = decisions.filter((entry) => !isStep(entry)).toReversed();
  if (all.length === 0) return markup`<h3>Decisions</h3><p class="facts">None yet.</p>`;
  const [shown, older] = [all.slice(0, mostShown), all.slice(mostShown, mostListed)];
  return markup`<h3>Decisions</h3>
<ol class="lineage">${shown.map(renderEntry)}</ol>
${
  older.length === 0
    ? null
    : markup`<details id="${model}-older"><summary>${count(older.length)} older ones</summary><ol class="lineage">${older.map(renderEntry)}</ol></details>`
}`;
}

const mostLetters = 280;

function renderEntry({ kind, atMs, summary, report }: LedgerEntry): Markup {
  const text = summary.length <= mostLetters ? summary : `${summary.slice(0, mostLetters - 1)}…`;
  const path = report?.path ?? null;
  const problem = report?.problem ?? null;
  return markup`<li><b>${kind}</b> <span class="facts">${moment(atMs)}</span><span class="reason">${text}${
    path === null
      ? null
      : markup` <a href="/${path}">report<span class="unseen"> of ${kind}, ${moment(atMs)}</span></a>`
  }${problem === null ? null : markup` <span class="facts">(${problem})</span>`}</span></li>
`;
}
