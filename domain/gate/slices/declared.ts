import type { Column, Table } from '../../table.ts';
import { columnOf, type Slice, type SliceDeclaration } from './declaration.ts';
import { partitionColumn, slicesOf } from './partition.ts';

export interface DeclaredSlices {
  readonly slices: readonly Slice[];
  /** Slices with fewer rows than can be judged. */
  readonly tooSmall: number;
  /** Declared columns that the rows don't have. */
  readonly unknown: readonly string[];
}

/** The slices of a table that a project declares, those with too few rows counted only. */
export function declareSlices(
  declarations: readonly SliceDeclaration[],
  table: Table,
  minRows: number,
): DeclaredSlices {
  const found = declarations.map((declaration) => {
    const column = Object.hasOwn(table.columns, columnOf(declaration))
      ? table.columns[columnOf(declaration)]
      : undefined;
    return column === undefined ? null : expand(declaration, column, minRows);
  });
  const unknown = declarations.filter((_, index) => found[index] === null).map(columnOf);
  return {
    slices: dropRepeated(found.flatMap((one) => one?.slices ?? [])),
    tooSmall: found.reduce((sum, one) => sum + (one?.tooSmall ?? 0), 0),
    unknown: [...new Set(unknown)],
  };
}

function expand(declaration: SliceDeclaration, column: Column, minRows: number): { slices: Slice[]; tooSmall: number } {
  if (typeof declaration === 'string') return slicesOf(partitionColumn(declaration, column), minRows);
  const holds = conditionOf(declaration, column);
  const rows = Int32Array.from(column.values.keys()).filter(holds);
  if (rows.length < minRows) return { slices: [], tooSmall: 1 };
  return { slices: [{ name: describe(declaration), rows }], tooSmall: 0 };
}

function conditionOf(
  declaration: Exclude<SliceDeclaration, string>,
  { kind, values }: Column,
): (row: number) => boolean {
  if ('values' in declaration) {
    const wanted = new Set<unknown>(
      declaration.values.map((value) => (kind === 'categorical' ? String(value) : Number(value))),
    );
    return (row) => wanted.has(values[row]);
  }
  const { from = -Infinity, to = Infinity } = declaration;
  return (row) => {
    const value = values[row];
    return value !== null && Number(value) >= from && Number(value) < to;
  };
}

function describe(declaration: Exclude<SliceDeclaration, string>): string {
  const { column } = declaration;
  if ('values' in declaration) return `${column} = ${declaration.values.join(' or ')}`;
  const { from, to } = declaration;
  if (from !== undefined && to !== undefined) return `${column} ${from} to ${to}`;
  return from === undefined ? `${column} < ${to}` : `${column} ≥ ${from}`;
}

/** A column that is both sensitive and declared counts once. */
function dropRepeated(slices: readonly Slice[]): readonly Slice[] {
  return [...new Map(slices.map((slice) => [slice.name, slice])).values()];
}
