import type { FeatureRow } from '../../adapters/data/feature-rows.ts';
import type { PredictionRecord } from '../../adapters/ports/store.ts';
import type { Predictions } from '../../domain/task.ts';
import { outputOf } from '../answers.ts';
import type { HostedVersion } from '../slots/hosted-version.ts';
import type { Plan } from './plan.ts';

/** What the versions said to a row; null where one gave no finite output. */
export type ScoreRow = (row: number) => Pick<PredictionRecord, 'output' | 'shadow'> | null;

/** Has the champion score rows, and the version before it in its shadow. Nothing is waited for. */
export function scoreTogether({ champion, previous }: Plan, rows: readonly FeatureRow[]): ScoreRow {
  const answered = ask(champion, rows);
  const shadowed = previous === null ? null : ask(previous, rows);
  const shadowVersion = previous?.version ?? '';
  return (row) => {
    const output = outputOf(answered, row);
    if (output === null) return null;
    if (shadowed === null) return { output, shadow: null };
    const shadowOutput = outputOf(shadowed, row);
    return shadowOutput === null ? null : { output, shadow: { version: shadowVersion, output: shadowOutput } };
  };
}

/** Compiled code answers at once. */
function ask({ model }: HostedVersion, rows: readonly FeatureRow[]): Predictions {
  return model.predictRows(rows) as Predictions;
}
