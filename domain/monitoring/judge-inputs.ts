import { countColumn } from '../drift/column-histogram.ts';
import { judgeDrift, type DriftPolicy, type DriftQuestion, type DriftReport } from '../drift/judge.ts';
import type { Table } from '../table.ts';
import type { Predictions, Task } from '../task.ts';
import type { Finding } from './finding.ts';
import { judgeEstimates } from './judge-estimates.ts';
import { predictionColumn, type DriftReference } from './reference.ts';

export interface InputWindow {
  readonly task: Task;
  readonly inputs: Table;
  readonly outputs: Predictions;
  readonly reference: DriftReference;
}

/** Have the inputs or the predictions of the current window drifted from the champion's reference, or do they look harder? */
export function judgeInputs(
  { task, inputs, outputs, reference }: InputWindow,
  policy: DriftPolicy,
): { readonly signals: readonly Finding[]; readonly summary: string; readonly drift: DriftReport } {
  const predictions = countColumn(reference.prediction.spec, predictionColumn(task, outputs, inputs.rowCount));
  const prediction = { reference: reference.prediction, current: predictions };
  const report = judgeDrift({ features: compareFeatures(reference, inputs), prediction }, policy);
  const estimated = judgeEstimates(reference, inputs, outputs);
  return { signals: [...describeDrift(report), ...estimated.signals], summary: report.verdict.reason, drift: report };
}

/** The features of a window on the cells of the reference; those that the window doesn't have are left out. */
export function compareFeatures(
  { features, importances }: DriftReference,
  { columns }: Table,
): DriftQuestion['features'] {
  return Object.entries(features).flatMap(([name, reference]) => {
    const column = columns[name];
    if (column === undefined) return [];
    const current = countColumn(reference.spec, column);
    return [{ name, reference, current, ...(importances && { importance: importances[name] ?? 0 }) }];
  });
}

function describeDrift({ verdict, drifted, prediction }: DriftReport): Finding[] {
  const findings: Finding[] = [];
  if (verdict.outcome === 'fail') {
    findings.push({ kind: 'data-drift', reason: verdict.reason, sources: drifted.map(({ feature }) => feature) });
  }
  if (prediction?.outcome === 'fail') {
    findings.push({ kind: 'prediction-drift', reason: prediction.reason, sources: ['prediction'] });
  }
  return findings;
}
