import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCopies, type CopySearch } from '../../../domain/quality/copies.ts';
import type { Column, RowRange, Table } from '../../../domain/table.ts';

/** Few values, so that copies are common; steps of 1 are many cells of the grid apart. */
const numbers = fc.constantFrom(0, -0, 1, 2, 3, Number.NaN, Number.POSITIVE_INFINITY);
const texts = fc.constantFrom(null, '', 'a', 'b');

interface Rows {
  readonly first: number[];
  readonly second: number[];
  readonly text: (string | null)[];
  readonly label: number[];
}

const rowsOf = (most: number) =>
  fc.integer({ min: 0, max: most }).chain((count) => {
    const lengths = { minLength: count, maxLength: count };
    return fc.record<Rows>({
      first: fc.array(numbers, lengths),
      second: fc.array(numbers, lengths),
      text: fc.array(texts, lengths),
      label: fc.array(fc.constantFrom(0, 1), lengths),
    });
  });

function toTable({ first, second, text, label }: Rows): Table {
  const numeric = (values: readonly number[]): Column => ({ kind: 'numeric', values: Float64Array.from(values) });
  const columns = {
    first: numeric(first),
    second: numeric(second),
    text: { kind: 'categorical', values: text } as const,
  };
  return { rowCount: label.length, columns: { ...columns, label: numeric(label) } };
}

const isEqual = (a: unknown, b: unknown): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));

/** Every row against every row, as the words say it. */
function countByHand({ exam, known, label, rehearsals }: CopySearch) {
  const names = Object.keys(exam.columns);
  const differences = (a: Table, row: number, b: Table, other: number): readonly string[] =>
    names.filter((name) => !isEqual(a.columns[name]!.values[row], b.columns[name]!.values[other]));
  const count = (table: Table, { from, to }: RowRange, before: number) => {
    const rows = Array.from({ length: to - from }, (_, index) => from + index);
    const having = (isCopy: (differing: readonly string[]) => boolean): number =>
      rows.filter((row) =>
        Array.from({ length: before }, (_, other) => differences(table, row, known, other)).some(isCopy),
      ).length;
    return {
      exact: having((differing) => differing.length === 0),
      near: having((differing) => differing.length <= 1 && !differing.includes(label)),
    };
  };
  return {
    exam: count(exam, { from: 0, to: exam.rowCount }, known.rowCount),
    rehearsals: rehearsals.map((range) => count(known, range, range.from)),
  };
}

describe('countCopies', () => {
  it('counts what comparing every row with every other counts', () => {
    fc.assert(
      fc.property(rowsOf(20), rowsOf(60), (exam, known) => {
        const rowCount = known.label.length;
        const [half, most] = [Math.floor(rowCount / 2), Math.floor(rowCount * 0.8)];
        const rehearsals = [
          { from: most, to: rowCount },
          { from: half, to: most },
        ];
        const search = { exam: toTable(exam), known: toTable(known), label: 'label', rehearsals };
        expect(countCopies(search)).toEqual(countByHand(search));
      }),
      { numRuns: 200 },
    );
  });

  it('takes numbers a thousandth of the spread apart for near, and others not', () => {
    const column = (values: readonly number[]): Column => ({ kind: 'numeric', values: Float64Array.from(values) });
    const table = (first: readonly number[], second: readonly number[]): Table => ({
      rowCount: first.length,
      columns: { first: column(first), second: column(second), label: column(first.map(() => 1)) },
    });
    const known = table(
      Array.from({ length: 1_001 }, (_, row) => row),
      Array.from({ length: 1_001 }, (_, row) => (row * 7) % 1_001),
    );
    const exam = table([500.2, 500.2], [(500 * 7) % 1_001, 3_000]);
    const { exam: copies } = countCopies({ exam, known, label: 'label', rehearsals: [] });
    expect(copies).toEqual({ exact: 0, near: 2 });
    const other = table([2_000], [3_000]);
    expect(countCopies({ exam: other, known, label: 'label', rehearsals: [] }).exam).toEqual({ exact: 0, near: 0 });
  });
});
