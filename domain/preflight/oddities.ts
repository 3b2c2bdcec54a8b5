import { formatCount } from '../gate/wording.ts';
import type { Column, Table } from '../table.ts';

/** Why a column is no good as a feature, or not as it is. */
export interface Oddity {
  readonly feature: string;
  readonly kind: 'constant' | 'id-like' | 'number-as-text' | 'mostly-missing';
  /** Follows the column's name: "has the same value in every row". */
  readonly text: string;
}

const leastRows = 50;
/** Of texts: as many different values as this share of rows name the rows. */
const mostlyUnique = 0.9;
const mostlyNumbers = 0.9;
const mostlyMissing = 0.95;

/** The oddest thing about each feature that has one. */
export function findOddities(table: Table, features: readonly { readonly name: string }[]): readonly Oddity[] {
  return features.flatMap(({ name }) => {
    const column = table.columns[name];
    const found = column === undefined ? null : lookAt(column);
    return found === null ? [] : [{ feature: name, ...found }];
  });
}

type Found = Omit<Oddity, 'feature'>;

function lookAt(column: Column): Found | null {
  return column.kind === 'numeric' ? lookAtNumbers(column.values) : lookAtTexts(column.values);
}

function lookAtNumbers(values: Float64Array): Found | null {
  const present = values.filter((value) => !Number.isNaN(value));
  if (present.length === values.length && present.every((value) => value === present[0])) return constant;
  const isCounter =
    values.length >= leastRows && present.length === values.length && (isCounting(values, 1) || isCounting(values, -1));
  if (isCounter) return { kind: 'id-like', text: 'counts the rows' };
  return sparse(values.length, present.length);
}

/** Whole numbers that go up (or down) by little more than 1 from each row to the next. */
function isCounting(values: Float64Array, sign: 1 | -1): boolean {
  const steps = values.subarray(1).map((value, row) => sign * (value - values[row]!));
  if (!steps.every((step) => step > 0 && Number.isInteger(step))) return false;
  const total = steps.reduce((sum, step) => sum + step, 0);
  return total <= 2 * steps.length;
}

function lookAtTexts(values: readonly (string | null)[]): Found | null {
  const present = values.filter((value) => value !== null);
  const distinct = new Set(present);
  if (present.length === values.length && distinct.size === 1) return constant;
  const asText = lookLikeNumbers(present);
  if (asText !== null) return asText;
  if (present.length >= leastRows && distinct.size >= mostlyUnique * present.length) {
    return {
      kind: 'id-like',
      text: `has ${formatCount(distinct.size)} different texts in ${formatCount(present.length)} rows`,
    };
  }
  return sparse(values.length, present.length);
}

const constant: Found = { kind: 'constant', text: 'has the same value in every row' };

function sparse(rows: number, present: number): Found | null {
  if (rows < leastRows || present > (1 - mostlyMissing) * rows) return null;
  return { kind: 'mostly-missing', text: `has a value in ${formatCount(present)} of ${formatCount(rows)} rows` };
}

/** Numbers that a sign for "missing" turned into texts. */
function lookLikeNumbers(present: readonly string[]): Found | null {
  if (present.length < leastRows) return null;
  const numbers = present.filter((value) => value.trim() !== '' && Number.isFinite(Number(value)));
  if (numbers.length < mostlyNumbers * present.length || numbers.length === present.length) return null;
  const others = new Set(present.filter((value) => value.trim() === '' || !Number.isFinite(Number(value))));
  const shown = [...others]
    .slice(0, 3)
    .map((value) => `"${value}"`)
    .join(', ');
  return { kind: 'number-as-text', text: `holds numbers, but for ${shown}: leave such cells empty` };
}
