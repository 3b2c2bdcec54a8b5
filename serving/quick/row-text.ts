import type { DataSchema } from '../../domain/table.ts';

/**
 * Finds the text of the only row of a body that was parsed and found good: what stands in the log need not be written anew. Null where it
 * is not certain that it says the same, on one line, as what was parsed.
 */
export type FindRowText = (body: string) => string | null;

export function createRowText({ features }: DataSchema): FindRowText {
  // A truth value may be sent as 1.0, which the log's readers take for none.
  if (features.some(({ type }) => type === 'boolean')) return () => null;
  const names = features.map(({ name }) => name).join('');
  const expected = features.length + countColons(names);
  return (body) => {
    const text = body.slice(body.indexOf('[') + 1, body.lastIndexOf(']'));
    // A name that is there twice has a colon more; without escapes nothing can make up for it.
    const isCertain = countColons(text) === expected && !/[\\\n\r]/.test(text);
    return isCertain ? text : null;
  };
}

function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) count += 1;
  return count;
}
