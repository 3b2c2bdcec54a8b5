import type { Finding } from '../domain/monitoring/finding.ts';
import type { LabelArrivals } from '../domain/outcomes/label-arrivals.ts';
import type { Policy } from '../domain/project.ts';
import type { SchemaContract } from '../domain/quality/contract.ts';
import { judgeQualityNow } from '../domain/quality/judge.ts';
import type { DataSchema, Table } from '../domain/table.ts';
import type { Dependencies } from './dependencies.ts';
import { countMatureIn } from './label-ages.ts';

export interface QualityLook {
  readonly model: string;
  readonly schema: DataSchema;
  /** What the champion learned its data to look like; null for a version that was packaged without. */
  readonly contract: SchemaContract | null;
  /** The newest window. */
  readonly inputs: Table;
  /** How labels arrive; null while nobody can know. */
  readonly arrivals: LabelArrivals | null;
}

/** Holds the newest window, and the newest outcomes that are old enough, to the champion's contract. */
export async function lookAtQuality(
  { store }: Dependencies,
  { model, schema, contract, inputs, arrivals }: QualityLook,
  { monitor, quality }: Policy,
): Promise<readonly Finding[]> {
  if (contract === null) return [];
  const newestRows = monitor.windowRows + monitor.labelDelayRows;
  const outcomes = await store.readOutcomes({ model, schema, newestRows });
  const mature = countMatureIn(outcomes, arrivals, monitor);
  const values = outcomes.labels.slice(Math.max(0, mature - monitor.windowRows), mature);
  return judgeQualityNow({ inputs, labels: { values, matureShare: monitor.matureShare } }, contract, quality).signals;
}
