import { validatorCompiler } from 'fastify-type-provider-zod';
import { maxRowsPerRequest } from '../../config/wire.ts';

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
  return (body: unknown) => (isPlain(body) ? { value: body } : validate(body));
}

/** What the service makes itself needs no second look on its way out. */
export const serializeAsIs = () => (body: unknown) => JSON.stringify(body);

function isPlain(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  for (const key in body) if (key !== 'rows') return false;
  const { rows } = body as { rows?: unknown };
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > maxRowsPerRequest) return false;
  return rows.every(isPlainRow);
}

function isPlainRow(row: unknown): boolean {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return false;
  for (const name in row) {
    const value = (row as Record<string, unknown>)[name];
    const isText = typeof value === 'string' || typeof value === 'boolean' || value === null;
    if (!isText && !(typeof value === 'number' && Number.isFinite(value))) return false;
  }
  return true;
}
