import { MlflowError } from './errors.ts';

/** A value for a search filter, e.g. `tags.decision = ${quoteFilterValue(id)}`. MLflow's filters have no escapes: a value with both kinds of quotes can't be said. */
export function quoteFilterValue(value: string): string {
  if (!value.includes("'")) return `'${value}'`;
  if (!value.includes('"')) return `"${value}"`;
  throw new MlflowError('INVALID_PARAMETER_VALUE', `${value} has both kinds of quotes, which no filter can search for`);
}
