import { asNumbers, queryColumns, quoteName } from '../duckdb/columns.ts';
import { describeColumns, isFeatureType } from './infer-schema.ts';
import { withFile } from './open-file.ts';

/** A file's columns, before anyone has said what they are for. */
export interface Survey {
  readonly rows: number;
  readonly names: readonly string[];
  /** Columns that can't be a feature, and why: "has no value in any row". */
  readonly unusable: ReadonlyMap<string, string>;
}

/** Throws a DataError where the file can't be read. */
export async function surveyColumns(path: string): Promise<Survey> {
  return await withFile(path, async (connection, source) => {
    const known = await describeColumns(connection, source);
    const names = [...known.keys()];
    const counts = names.map((name) => `CAST(count(${quoteName(name)}) AS DOUBLE)`);
    const counted = await queryColumns(
      connection,
      `SELECT CAST(count(*) AS DOUBLE), ${counts.join(', ')} FROM ${source}`,
    );
    const [rows = 0, ...present] = counted.columns.map((column) => asNumbers(column)[0] ?? 0);
    const unusable = new Map<string, string>();
    names.forEach((name, index) => {
      const type = known.get(name) ?? '';
      if (!isFeatureType(type)) unusable.set(name, `is a ${type}`);
      else if (present[index] === 0) unusable.set(name, 'has no value in any row');
    });
    return { rows, names, unusable };
  });
}
