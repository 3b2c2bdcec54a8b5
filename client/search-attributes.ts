import type { Client } from '@temporalio/client';
import { championAttribute, modelAttribute, phaseAttribute } from '../workflows/search-attributes.ts';

/** The server's number for the type Keyword. */
const keyword: number = 2;
const names = [modelAttribute, phaseAttribute, championAttribute].map(({ name }) => name);

/** Adds what the lifecycle tags itself with, where it is missing. Throws where a name is taken by another type. */
export async function ensureSearchAttributes({ connection, options }: Client): Promise<void> {
  const { namespace } = options;
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  for (const name of names) {
    const type: number | null | undefined = customAttributes[name];
    if (type === undefined || type === null || type === keyword) continue;
    throw new Error(`search attribute ${name} has another type on this server: remove it, or use another namespace`);
  }
  const missing = names.filter((name) => customAttributes[name] === undefined);
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, keyword] as const));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}
