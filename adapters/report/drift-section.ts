import type { FeatureDrift } from '../../domain/report/drift-summary.ts';
import type { RetrainingEvidence } from '../../domain/report/evidence.ts';
import { markup, type Markup } from '../page/markup.ts';
import { renderTable } from '../page/table.ts';
import { figure } from './frame.ts';
import { drawDrift } from './model-plots.ts';
import { chip, count, number } from './words.ts';

const words = { pass: 'no', fail: 'drifted', inconclusive: 'too few rows' } as const;

/** What drifted and where, what matters most to the champion first. */
export function renderDrift({ drift, champion }: RetrainingEvidence): Markup {
  if (drift === null || drift.features.length === 0) {
    return markup`<h2>What drifted</h2><p>Nothing is known: there is no champion whose rows the new ones could be compared with.</p>`;
  }
  const { features, referenceRows, currentRows } = drift;
  const drifted = features.filter(({ check }) => check.outcome === 'fail');
  const shown = features.filter(({ cells }) => cells.length > 0);
  return markup`<h2>What drifted</h2>
<p>${
    drifted.length === 0
      ? 'No feature has drifted'
      : `${count(drifted.length)} of ${count(features.length)} features ${drifted.length === 1 ? 'has' : 'have'} drifted`
  } between the ${count(referenceRows)} rows that version ${champion} learned from and the ${count(currentRows)} rows of the holdout. Those that matter most to it come first.</p>
${renderTable({
  caption: 'Features by their drift',
  head: ['feature', 'drift', 'size (PSI)', 'p-value', 'importance'],
  rows: features.map(({ feature, check, importance }) => [
    feature,
    chip(check.outcome, words[check.outcome]),
    number(check.effectSize),
    describePValue(check.pValue),
    number(importance),
  ]),
})}
<details${drifted.length === 0 ? null : markup` open`}><summary>Where: shares of values before and now</summary>
<ul class="legend"><li><span class="swatch bar" aria-hidden="true"></span> now</li><li><span class="swatch tick" aria-hidden="true"></span> before</li></ul>
<div class="pair">${shown.map(renderFeature)}</div></details>`;
}

function renderFeature(drift: FeatureDrift): Markup {
  return figure(drawDrift(drift), `${drift.check.reason}.`);
}

function describePValue(pValue: number | undefined): string {
  return pValue !== undefined && pValue < 0.0001 ? '< 0.0001' : number(pValue);
}
