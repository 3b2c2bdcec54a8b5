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
  const parsed = parse(text);
  if (typeof parsed !== 'object' || parsed === null) return null;
  for (const key in parsed) if (key !== 'rows') return null;
  const { rows } = parsed as { rows?: unknown };
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > maxRowsPerRequest) return null;
  for (const row of rows) if (!isGoodRow(row)) return null;
  return { rows: rows as readonly FeatureRow[], json: rows.length === 1 ? findRowText(text) : null };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
