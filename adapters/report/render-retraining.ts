import type { RetrainingReport } from '../../domain/report/report.ts';
import { markup, type Markup } from '../page/markup.ts';
import { renderComparison } from './comparison-section.ts';
import { renderCosts, renderData } from './data-sections.ts';
import { renderDrift } from './drift-section.ts';
import { renderChecks, renderHead, renderLineage } from './frame.ts';
import { renderImportances } from './importance-section.ts';
import { renderTraining } from './training-section.ts';

export function renderRetraining(report: RetrainingReport): Markup {
  const { evidence, checks, version, candidateId } = report;
  const against = evidence === null ? null : (evidence.champion ?? 'no champion yet');
  return markup`${renderHead(report, [
    ...(version === null ? [] : [`version ${version}`]),
    ...(candidateId === null ? [] : [`candidate ${candidateId}`]),
    ...(against === null ? [] : [evidence?.champion === null ? against : `against version ${against}`]),
  ])}
${renderChecks(checks)}
${
  evidence === null
    ? null
    : [
        renderComparison(evidence, checks),
        renderDrift(evidence),
        renderImportances(evidence.importances),
        renderTraining(evidence),
        renderData(evidence.data),
        renderCosts(evidence),
      ]
}
${renderLineage(report)}`;
}
