import type { ProbationEvidence } from '../../domain/report/evidence.ts';
import type { ProbationReport } from '../../domain/report/report.ts';
import { atTwoWidths } from '../page/draw.ts';
import { markup, raw, type Markup } from '../page/markup.ts';
import { renderFacts } from './data-sections.ts';
import { figure, renderChecks, renderHead, renderLineage } from './frame.ts';
import { pairLegend } from './looks.ts';
import { drawEvidence, drawLosses } from './probation-plots.ts';
import { count, number } from './words.ts';

export function renderProbation(report: ProbationReport): Markup {
  const { evidence, checks, worldChanged } = report;
  const facts = evidence === null ? [] : [`version ${evidence.champion} against version ${evidence.previous}`];
  return markup`${renderHead(report, facts)}
${worldChanged === null ? null : markup`<p class="note">${worldChanged.charAt(0).toUpperCase()}${worldChanged.slice(1)}. That rolls nothing back; it is a reason to look at the model that serves.</p>`}
${renderChecks(checks)}
${evidence === null ? null : renderWatch(evidence)}
${renderLineage(report)}`;
}

/** Evidence, losses and counts, as far as they were seen. */
export function renderWatch(evidence: ProbationEvidence): Markup {
  const { trace, state, champion, previous } = evidence;
  if (trace.points.length === 0) return markup`<h2>What was seen</h2><p>No label has come.</p>`;
  return markup`<h2>What was seen</h2>
${pairLegend('evidence that the new champion is worse', 'evidence of a decay after a better start')}
${figure(
  raw(atTwoWidths((size) => drawEvidence(trace, size), { wide: 300, narrow: 260 })),
  'Evidence over the labels, in powers of ten: however often one looks, a champion that is no worse reaches the line with the chance that the policy allows. The decay detector is drawn so that its own threshold is the same line.',
)}
${pairLegend(`version ${champion}, on probation`, `version ${previous}, in the shadow`)}
${figure(
  raw(atTwoWidths((size) => drawLosses(trace, size), { wide: 240, narrow: 220 })),
  'Mean loss of both on the same rows, so far.',
)}
${renderFacts(countsOf(state))}`;
}

function countsOf(state: ProbationEvidence['state']): readonly (readonly [string, string])[] {
  const { labels, blockLabels, worseBlocks, betterBlocks, onlyNewWorse, onlyOldWorse, extensions, policy } = state;
  const mean = (sum: number): string => (labels === 0 ? '–' : number(sum / labels));
  return [
    [
      'labels',
      `${count(labels)} of ${count(state.horizonLabel)}${extensions > 0 ? `, extended ${extensions} times` : ''}`,
    ],
    ['mean loss', `${mean(state.newLossSum)} against ${mean(state.oldLossSum)}`],
    ['rows that only one did worse', `${count(onlyNewWorse)} the new champion, ${count(onlyOldWorse)} its predecessor`],
    ...(blockLabels > 1
      ? [
          [
            `blocks of ${count(blockLabels)} labels`,
            `worse in ${count(worseBlocks)}, better in ${count(betterBlocks)}`,
          ] as const,
        ]
      : []),
    ['level and margin', `${policy.alpha} and ${policy.margin}`],
  ];
}
