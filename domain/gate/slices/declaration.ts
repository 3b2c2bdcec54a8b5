/**
 * A part of the rows that must not be harmed: a column, of which each category or quarter of the values is one; or the rows whose
 * value lies in [from, to), or is one of `values`.
 */
export type SliceDeclaration =
  | string
  | { readonly column: string; readonly from?: number | undefined; readonly to?: number | undefined }
  | { readonly column: string; readonly values: readonly (string | number | boolean)[] };

/** Rows of the holdout, by index, under a name a person reads. */
export interface Slice {
  readonly name: string;
  readonly rows: Int32Array;
}

export function columnOf(declaration: SliceDeclaration): string {
  return typeof declaration === 'string' ? declaration : declaration.column;
}
