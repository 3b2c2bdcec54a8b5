/** How a column is treated. Timestamps are milliseconds since the Unix epoch, UTC; booleans are 0 and 1. */
export type FeatureType = 'numeric' | 'categorical' | 'boolean' | 'timestamp';

export interface Feature {
  readonly name: string;
  readonly type: FeatureType;
}

/** Missing is NaN in a numeric column (numeric, boolean and timestamp features) and null in a categorical one. */
export type Column =
  | { readonly kind: 'numeric'; readonly values: Float64Array }
  | { readonly kind: 'categorical'; readonly values: readonly (string | null)[] };

/** Rows by column; every column has `rowCount` values. */
export interface Table {
  readonly rowCount: number;
  readonly columns: Readonly<Record<string, Column>>;
}

/** What a model is trained on and answers for: its inputs, and its label with the classes in index order (empty for regression). */
export interface DataSchema {
  readonly features: readonly Feature[];
  readonly label: string;
  readonly classes: readonly string[];
}

/** Half-open range of rows, `from` included, `to` excluded. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}
