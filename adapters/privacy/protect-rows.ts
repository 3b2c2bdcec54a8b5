import type { PrivacyPolicy } from '../../domain/answers/settings.ts';
import { DataError, didYouMean } from '../data/data-error.ts';
import type { HistoricalRows } from '../data/read-labelled-rows.ts';
import type { Pseudonymise } from './pseudonyms.ts';

/**
 * Historical rows as the prediction service logs them: what is to be hashed is hashed here, too, so that a category is the same one in both. Throws a DataError
 * where the project's privacy can't be kept.
 *
 * @param pseudonymise null where no key is set
 */
export function protectRows<T extends Pick<HistoricalRows, 'schema' | 'rows'>>(
  history: T,
  { hash, omit }: PrivacyPolicy,
  pseudonymise: Pseudonymise | null,
): T {
  const { features } = history.schema;
  const known = new Map(features.map(({ name, type }) => [name, type]));
  for (const name of omit.filter((one) => known.has(one))) {
    const todo = 'put it into "exclude", too, or into privacy.hash';
    throw new DataError(`privacy.omit names the feature "${name}": what is not logged can't be trained on; ${todo}`);
  }
  if (hash.length === 0) return history;
  for (const name of hash) {
    if (known.get(name) === 'categorical') continue;
    const why = known.has(name) ? `is ${known.get(name)}` : `is no feature${didYouMean(name, [...known.keys()])}`;
    throw new DataError(`privacy.hash names "${name}", which ${why}: only categorical features can be hashed`);
  }
  if (pseudonymise === null) throw new DataError('privacy.hash needs a key: set INCUMBENT_PRIVACY_KEY');
  const columns = { ...history.rows.table.columns };
  for (const name of hash) {
    const column = columns[name];
    if (column?.kind !== 'categorical') continue;
    const values = column.values.map((value) => (value === null ? null : pseudonymise(value)));
    columns[name] = { kind: 'categorical', values };
  }
  return { ...history, rows: { ...history.rows, table: { ...history.rows.table, columns } } };
}
