import type { Finding } from '../domain/monitoring/finding.ts';
import { defaultAnswerPolicy } from '../domain/answers/policy.ts';
import { judgeAvailability, judgeIntervals } from '../domain/monitoring/judge-answers.ts';
import type { LabelArrivals } from '../domain/outcomes/label-arrivals.ts';
import type { Policy } from '../domain/project.ts';
import type { DataSchema } from '../domain/table.ts';
import type { Dependencies } from './dependencies.ts';
import { readExaminedOutcomes } from './examined-version.ts';
import { countMatureIn } from './label-ages.ts';

export interface AnswerLook {
  readonly model: string;
  /** The champion. */
  readonly version: string;
  readonly schema: DataSchema;
  /** How labels arrive; null while nobody can know. */
  readonly arrivals: LabelArrivals | null;
}

/** Holds the newest outcomes that are old enough to what was answered: do labels come evenly, do intervals hold what they promise? */
export async function lookAtAnswers(
  deps: Dependencies,
  { model, version, schema, arrivals }: AnswerLook,
  policy: Policy,
): Promise<readonly Finding[]> {
  const { registry, packages } = deps;
  const { monitor } = policy;
  const newestRows = monitor.windowRows + monitor.labelDelayRows;
  const outcomes = await readExaminedOutcomes(deps, { model, schema, newestRows });
  const { versions, outputs, labels } = outcomes;
  const to = countMatureIn(outcomes, arrivals, monitor);
  const from = Math.max(0, to - monitor.windowRows);
  const window = {
    versions: versions.slice(from, to),
    outputs: { width: outputs.width, values: outputs.values.slice(from * outputs.width, to * outputs.width) },
    labels: labels.slice(from, to),
  };
  const facts = await packages.readAnswers(await registry.fetchPackage(model, version));
  const { intervalLevel } = { ...defaultAnswerPolicy, ...(policy as Partial<Policy>).answers };
  const residuals = facts?.residuals ?? null;
  return [
    ...judgeAvailability(window, schema.classes),
    ...(residuals === null ? [] : judgeIntervals(window, { champion: version, residuals, intervalLevel })),
  ];
}
