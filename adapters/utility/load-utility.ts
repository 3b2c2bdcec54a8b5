import { pathToFileURL } from 'node:url';
import { type Utility, utilityOfMatrix, type UtilitySource } from '../../domain/gate/utility/utility.ts';
import type { DataSchema } from '../../domain/table.ts';

/** A project's own function: classes by name, or values for regression. */
type ProjectUtility = (actual: string | number, prediction: string | number) => number;

/** What answers are worth, on class indices or values; null without a source. Throws where a matrix names no class, or a module exports no function. */
export async function loadUtility(source: UtilitySource | null, { classes }: DataSchema): Promise<Utility | null> {
  if (source === null) return null;
  if ('matrix' in source) return utilityOfMatrix(source.matrix, classes);
  const worth = await importUtility(source.module);
  if (classes.length === 0) return worth;
  return (actual, predicted) => worth(classes[actual]!, classes[predicted]!);
}

async function importUtility(path: string): Promise<ProjectUtility> {
  const module = (await import(pathToFileURL(path).href)) as { readonly utility?: unknown };
  if (typeof module.utility !== 'function') throw new Error(`${path} exports no function utility(actual, prediction)`);
  return module.utility as ProjectUtility;
}
