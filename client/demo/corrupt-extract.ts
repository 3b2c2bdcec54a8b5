import { writeFile } from 'node:fs/promises';
import type { DataSchema } from '../../domain/table.ts';
import { toCsv, type WireRow } from './rows.ts';

/**
 * Writes an extract as a broken label feed would deliver it: a new export codes the classes the other way round. The values look
 * right, and the share of each class is near one half as ever; only what they mean has changed.
 */
export async function writeCorruptExtract(
  path: string,
  schema: DataSchema,
  rows: readonly WireRow[],
  labels: readonly number[],
): Promise<void> {
  const { classes } = schema;
  const swapped = labels.map((label) => classes[classes.length - 1 - label] ?? '');
  await writeFile(path, toCsv(rows, swapped, schema));
}
