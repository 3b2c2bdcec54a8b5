import { countColumn } from '../drift/column-histogram.ts';
import { judgeDrift, type DriftPolicy } from '../drift/judge.ts';
import type { Table } from '../table.ts';
import type { Predictions, Task } from '../task.ts';
import type { Finding } from './finding.ts';
import { predictionColumn, type DriftReference } from './reference.ts';

export interface InputWindow {
  readonly task: Task;
  readonly inputs: Table;
  readonly outputs: Predictions;
  readonly reference: DriftReference;
}

/** Have the inputs or the predictions of the current window drifted from the champion's reference? */
export function judgeInputs(
  { task, inputs, outputs, reference }: InputWindow,
  policy: DriftPolicy,
): { readonly signals: readonly Finding[]; readonly summary: string } {
  const features = Object.entries(reference.features).flatMap(([name, histogram]) => {
    const column = inputs.columns[name];
    return column === undefined ? [] : [{ name, reference: histogram, current: countColumn(histogram.spec, column) }];
  });
  const predictions = countColumn(reference.prediction.spec, predictionColumn(task, outputs, inputs.rowCount));
  const report = judgeDrift(
    { features, prediction: { reference: reference.prediction, current: predictions } },
    policy,
  );
  const signals: Finding[] = [];
  if (report.verdict.outcome === 'fail') {
    const sources = report.drifted.map(({ feature }) => feature);
    signals.push({ kind: 'data-drift', reason: report.verdict.reason, sources });
  }
  if (report.prediction?.outcome === 'fail') {
    signals.push({ kind: 'prediction-drift', reason: report.prediction.reason, sources: ['prediction'] });
  }
  return { signals, summary: report.verdict.reason };
}
