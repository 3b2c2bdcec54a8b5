import type { Finding } from '../domain/monitoring/finding.ts';
import { judgeAvailability, judgeIntervals, type AnsweredWindow } from '../domain/monitoring/judge-answers.ts';
import type { Policy } from '../domain/project.ts';
import type { DataSchema } from '../domain/table.ts';
import type { Dependencies } from './dependencies.ts';

export interface AnswerLook {
  readonly model: string;
  /** The champion. */
  readonly version: string;
  readonly schema: DataSchema;
  /** The newest window that is old enough to have its labels. */
  readonly mature: AnsweredWindow;
}

/** Holds outcomes to what was answered: do labels come evenly, do intervals hold what they promise? */
export async function lookAtAnswers(
  { registry, packages }: Dependencies,
  { model, version, schema, mature }: AnswerLook,
  { answers: { intervalLevel } }: Policy,
): Promise<readonly Finding[]> {
  const facts = await packages.readAnswers(await registry.fetchPackage(model, version));
  const residuals = facts?.residuals ?? null;
  return [
    ...judgeAvailability(mature, schema.classes),
    ...(residuals === null ? [] : judgeIntervals(mature, { champion: version, residuals, intervalLevel })),
  ];
}
