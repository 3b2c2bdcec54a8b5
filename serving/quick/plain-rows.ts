import type { FeatureRow } from '../../adapters/data/feature-rows.ts';
import { maxRowsPerRequest } from '../../config/wire.ts';
import type { HostedVersion } from '../slots/hosted-version.ts';

/** The rows of a body with nothing else in it and nothing wrong with them. */
export interface PlainRows {
  readonly rows: readonly FeatureRow[];
  /** The text of the only row, as it may stand in the log; null where it has to be written anew. */
  readonly json: string | null;
}

/** Null for all that is not plain: what is wrong with it, others say. */
export function readPlainRows(body: Buffer, { isGoodRow, findRowText }: HostedVersion): PlainRows | null {
  const text = body.toString();
  const rows = rowsAlone(parse(text));
  if (rows === null) return null;
  for (const row of rows) if (!isGoodRow(row)) return null;
  return { rows: rows as readonly FeatureRow[], json: rows.length === 1 ? findRowText(text) : null };
}

/** The rows of a body that has nothing else in it, as many as a request may have; else null. */
export function rowsAlone(body: unknown): readonly unknown[] | null {
  if (typeof body !== 'object' || body === null) return null;
  for (const key in body) if (key !== 'rows') return null;
  const { rows } = body as { rows?: unknown };
  return Array.isArray(rows) && rows.length > 0 && rows.length <= maxRowsPerRequest ? rows : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
