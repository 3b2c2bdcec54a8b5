import { validatorCompiler } from 'fastify-type-provider-zod';
import { rowsAlone } from '../quick/plain-rows.ts';

interface Route {
  readonly schema: unknown;
  readonly httpPart?: string | undefined;
}

/**
 * Checks a request to predict as its schema does, but looks at a plain one itself: rows and nothing else, of texts, numbers, truth values
 * and nulls. Zod takes most of the time of a small request; whatever is not plain goes to it, and gets its words.
 */
export function validatePredict(route: Route) {
  const validate = validatorCompiler(route as Parameters<typeof validatorCompiler>[0]);
  if (route.httpPart !== 'body') return validate;
  return (body: unknown) => (rowsAlone(body)?.every(isPlainRow) === true ? { value: body } : validate(body));
}

/** What the service makes itself needs no second look on its way out. */
export const serializeAsIs = () => (body: unknown) => JSON.stringify(body);

function isPlainRow(row: unknown): boolean {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return false;
  for (const name in row) {
    const value = (row as Record<string, unknown>)[name];
    const isText = typeof value === 'string' || typeof value === 'boolean' || value === null;
    if (!isText && !(typeof value === 'number' && Number.isFinite(value))) return false;
  }
  return true;
}
