import type { FeatureRow } from '../adapters/data/feature-rows.ts';
import type { Pseudonymise } from '../adapters/privacy/pseudonyms.ts';
import type { PrivacyPolicy } from '../domain/answers/settings.ts';
import type { DataSchema } from '../domain/table.ts';
import { ServiceError } from './errors.ts';

export interface GuardedRows {
  /** What the model, and whoever looks at an explanation, may see. */
  readonly rows: readonly FeatureRow[];
  readonly logged: readonly FeatureRow[];
  /** Features of the version that the log lacks. */
  readonly omitted: readonly string[];
}

/** Rows without what must not be seen. Throws `privacy-key-missing` where values are to be hashed and no key is set. */
export function guardRows(
  { hash, omit }: PrivacyPolicy,
  pseudonymise: Pseudonymise | null,
  { features }: DataSchema,
  rows: readonly FeatureRow[],
): GuardedRows {
  if (hash.length === 0 && omit.length === 0) return { rows, logged: rows, omitted: [] };
  if (hash.length > 0 && pseudonymise === null) {
    const message = 'values are to be hashed, and the service has no key: set INCUMBENT_PRIVACY_KEY';
    throw new ServiceError('privacy-key-missing', message);
  }
  const names = new Set(features.map(({ name }) => name));
  const omitted = omit.filter((name) => names.has(name));
  const hashed = rows.map((row) => hashValues(row, hash, pseudonymise));
  const shown = hashed.map((row) => without(row, omit.filter((name) => !names.has(name)))); // prettier-ignore
  return { rows: shown, logged: omitted.length === 0 ? shown : shown.map((row) => without(row, omitted)), omitted };
}

function hashValues(row: FeatureRow, hash: readonly string[], pseudonymise: Pseudonymise | null): FeatureRow {
  const changes = hash.flatMap((name) => {
    const value = row[name];
    return typeof value === 'string' && pseudonymise !== null ? [[name, pseudonymise(value)] as const] : [];
  });
  return { ...row, ...Object.fromEntries(changes) };
}

function without(row: FeatureRow, names: readonly string[]): FeatureRow {
  return names.some((name) => Object.hasOwn(row, name))
    ? Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)))
    : row;
}
