import type { RunKey } from '../ports/tracking.ts';

export function describeRun({ model, decisionId, candidateId }: RunKey): string {
  const of = candidateId === null ? '' : `, candidate ${candidateId}`;
  return `the run of ${model}, decision ${decisionId}${of}`;
}
