import type { Report } from '../../domain/report/report.ts';
import { htmlDocument } from '../page/document.ts';
import { renderProbation } from './render-probation.ts';
import { renderRetraining } from './render-retraining.ts';
import { renderRollback } from './render-rollback.ts';

/** A decision as one HTML file that asks for nothing else. */
export function renderReport(report: Report): string {
  return htmlDocument(`${report.title}: ${report.model}`, renderBody(report)).html;
}

function renderBody(report: Report) {
  switch (report.kind) {
    case 'retraining':
      return renderRetraining(report);
    case 'probation':
      return renderProbation(report);
    case 'rollback':
      return renderRollback(report);
  }
}
