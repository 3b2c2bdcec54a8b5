import { writeFile } from 'node:fs/promises';
import type { DataSchema } from '../../domain/table.ts';
import { toCsv, type WireRow } from './rows.ts';

/** Twelve hours of half-hourly rows. */
const misjoinedRows = 24;

/**
 * Writes an extract as a broken label feed would deliver it: every label is joined to the row twelve hours later. The values
 * look right, their shares too; only what belongs together is lost.
 */
export async function writeCorruptExtract(
  path: string,
  schema: DataSchema,
  rows: readonly WireRow[],
  labels: readonly number[],
): Promise<void> {
  const misjoined = rows.slice(misjoinedRows).map((_, index) => schema.classes[labels[index] ?? 0] ?? '');
  await writeFile(path, toCsv(rows.slice(misjoinedRows), misjoined, schema));
}
