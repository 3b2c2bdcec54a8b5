import type { CheckLine, LineageStep, Report } from '../../domain/report/report.ts';
import { markup, type Markup } from '../page/markup.ts';
import { chip, count, describeInterval, moment, number } from './words.ts';

/** Title, verdict and what is missing. */
export function renderHead(report: Report, facts: readonly string[]): Markup {
  const { title, model, atMs, outcome, sentence, problem } = report;
  return markup`<p class="facts">${model} · ${moment(atMs)}</p>
<h1>${title}</h1>
<p class="verdict ${outcome}">${chip(outcome, verdictWords(report))} ${sentence}</p>
${problem === null ? null : markup`<p class="problem" role="note">This report is not whole: ${problem}.</p>`}
<p class="facts">${facts.join(' · ')}</p>`;
}

function verdictWords({ kind, outcome }: Report): string {
  const words = {
    retraining: { pass: 'passed', fail: 'turned down', inconclusive: 'not decided' },
    probation: { pass: 'confirmed', fail: 'rolled back', inconclusive: 'a person decides' },
    rollback: { pass: 'proven', fail: 'failed', inconclusive: 'not proven' },
  } as const;
  return words[kind][outcome];
}

/** Every check in a sentence, with its interval and the rows that it saw and needs. */
export function renderChecks(checks: readonly CheckLine[]): Markup {
  if (checks.length === 0) return markup``;
  const [counted, reported] = [checks.filter(({ advisory }) => !advisory), checks.filter(({ advisory }) => advisory)];
  return markup`<h2>Checks</h2>
<ul class="checks">${counted.map(renderCheck)}</ul>
${reported.length === 0 ? null : markup`<details${reported.length > 12 ? null : markup` open`}><summary>Reported only: ${count(reported.length)}</summary><ul class="checks">${reported.map(renderCheck)}</ul></details>`}`;
}

function renderCheck(check: CheckLine): Markup {
  const { outcome, title, reason, effectSize, interval, rowsSeen, rowsNeeded, eValue, smallestVisibleEffect } = check;
  const saysInterval = reason.includes(' interval ');
  const figures = [
    ...(effectSize === undefined || saysInterval ? [] : [`difference ${number(effectSize)}`]),
    ...(interval === undefined || saysInterval ? [] : [describeInterval(interval)]),
    ...(eValue === undefined ? [] : [`e-value ${number(eValue)}`]),
    ...(rowsSeen === 0 ? [] : [`${count(rowsSeen)} rows seen`]),
    ...(rowsNeeded === undefined ? [] : [`${count(rowsNeeded)} needed`]),
    ...(smallestVisibleEffect === undefined ? [] : [`could have seen ${number(smallestVisibleEffect)}`]),
  ];
  return markup`<li>${chip(outcome)} <b>${title}</b><span class="reason">${reason}</span><span class="facts">${figures.join(' · ')}</span></li>
`;
}

/** How the decision came about, and where to read on. */
export function renderLineage({ lineage, links }: Report): Markup {
  const items = links.map(({ name, url }) =>
    url === null ? markup`<li>${name}</li>` : markup`<li><a href="${url}">${name}</a></li>`,
  );
  return markup`<h2>How it came to this</h2>
<ol class="lineage">${lineage.map(renderStep)}</ol>
<ul class="links">${items}</ul>`;
}

function renderStep({ atMs, kind, summary, reportId }: LineageStep): Markup {
  const report = reportId === null ? null : markup` <a href="../${reportId}/index.html">its report</a>`;
  return markup`<li><b>${kind}</b> <span class="facts">${moment(atMs)}</span><span class="reason">${summary}${report}</span></li>
`;
}

export function figure(picture: Markup, caption: string): Markup {
  return markup`<figure>${picture}<figcaption>${caption}</figcaption></figure>`;
}
