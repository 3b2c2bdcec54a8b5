import type { z } from 'zod';
import { tableFromFeatureRows, type FeatureRow } from '../adapters/data/feature-rows.ts';
import { NotCompilable } from '../adapters/engine/read-stack.ts';
import { loadExplainer, type Explainer } from '../adapters/explain/explain-package.ts';
import type { explanationSchema } from '../config/wire.ts';
import type { DataSchema } from '../domain/table.ts';
import type { Prediction } from './answers.ts';
import { ServiceError } from './errors.ts';

type Told = z.infer<typeof explanationSchema>;

/** Explains a row; an explanation that is not to be had says why. */
export type ExplainRow = (row: FeatureRow, prediction: Prediction) => Promise<Told>;

/** An explanation costs as much as hundreds of answers. */
const mostRows = 10;

/** Throws `request-invalid`. */
export function refuseManyExplanations(rows: number): void {
  if (rows <= mostRows) return;
  const message = `explain=true takes ${mostRows} rows a request, and there are ${rows}: ask for fewer, or without it`;
  throw new ServiceError('request-invalid', message, { field: 'rows' });
}

/** Reads the networks of a package when the first explanation is asked for. */
export function createExplainer(
  packageDirectory: string,
  schema: DataSchema,
  onFailure: (error: unknown) => void,
): ExplainRow {
  let loading: Promise<Explainer | string> | null = null;
  const load = async (): Promise<Explainer | string> =>
    await loadExplainer(packageDirectory).catch((error: unknown) => {
      if (error instanceof NotCompilable) return error.message;
      onFailure(error);
      return 'its networks could not be read';
    });
  return async (row, prediction) => {
    if (prediction.decidedBy === 'control') return { unavailable: 'the answer was not given by the model' };
    const explainer = await (loading ??= load());
    if (typeof explainer === 'string') return { unavailable: `this version can't be explained: ${explainer}` };
    const of = explainedClass(schema, prediction);
    const { output, baselineOutput, contributions } = explainer.explain(tableFromFeatureRows(schema, [row]), of);
    const name = schema.classes[of];
    return {
      method: 'integrated-gradients',
      ...(name === undefined ? {} : { of: name }),
      output,
      baselineOutput,
      contributions: contributions.map(({ feature, contribution }) => ({
        feature,
        value: row[feature] ?? null,
        contribution,
      })),
    };
  };
}

/** The class that was answered, or, where the answer was withheld, the likeliest. */
function explainedClass({ classes }: DataSchema, { probabilities = {} }: Prediction): number {
  const shares = classes.map((name) => probabilities[name] ?? 0);
  return Math.max(0, shares.indexOf(Math.max(...shares)));
}
