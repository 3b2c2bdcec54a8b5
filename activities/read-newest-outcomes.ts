import type { OutcomeRows } from '../adapters/ports/store.ts';
import type { AnsweredWindow } from '../domain/monitoring/judge-answers.ts';
import type { LabelArrivals } from '../domain/outcomes/label-arrivals.ts';
import type { MonitorPolicy } from '../domain/policy.ts';
import type { DataSchema } from '../domain/table.ts';
import type { Predictions } from '../domain/task.ts';
import type { Dependencies } from './dependencies.ts';
import { readExaminedOutcomes } from './examined-version.ts';
import { countMatureIn } from './label-ages.ts';

export interface NewestOutcomes {
  /** What was answered to the newest window. */
  readonly outputs: Predictions;
  /** The newest window of rows that are old enough to have their label. */
  readonly mature: AnsweredWindow;
}

interface Asked {
  readonly model: string;
  readonly schema: DataSchema;
  /** How labels arrive; null while nobody can know. */
  readonly arrivals: LabelArrivals | null;
}

/** Both of one read: the rows between the two windows are those whose labels are still to come. */
export async function readNewestOutcomes(
  deps: Pick<Dependencies, 'registry' | 'store'>,
  { model, schema, arrivals }: Asked,
  monitor: MonitorPolicy,
): Promise<NewestOutcomes> {
  const { windowRows, labelDelayRows } = monitor;
  const outcomes = await readExaminedOutcomes(deps, { model, schema, newestRows: windowRows + labelDelayRows });
  const windowTo = (to: number): AnsweredWindow => slice(outcomes, Math.max(0, to - windowRows), to);
  return {
    outputs: windowTo(outcomes.ids.length).outputs,
    mature: windowTo(countMatureIn(outcomes, arrivals, monitor)),
  };
}

function slice({ versions, outputs, labels }: OutcomeRows, from: number, to: number): AnsweredWindow {
  const { width, values } = outputs;
  return {
    versions: versions.slice(from, to),
    outputs: { width, values: values.slice(from * width, to * width) },
    labels: labels.slice(from, to),
  };
}
