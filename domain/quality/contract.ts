import type { FeatureType } from '../table.ts';

/** Shares of the rows at which a contract keeps quantiles. */
export const quantileShares: readonly number[] = [
  0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1,
];

/** Rows of the training part that have something, and the largest share of them in any stretch of it. */
export interface ShareContract {
  readonly hits: number;
  readonly rows: number;
  readonly highest: number;
}

export interface Band {
  readonly low: number;
  readonly high: number;
}

/** Numbers, booleans and timestamps. What isn't finite counts as missing. */
export interface NumericContract {
  readonly kind: 'numeric';
  readonly type: Exclude<FeatureType, 'categorical'>;
  readonly missing: ShareContract;
  /** Largest share that one value has of a stretch; 1 where a stretch was constant. */
  readonly steadiest: number;
  /** No value has a fraction. */
  readonly whole: boolean;
  readonly median: number;
  /** At the shares of `quantileShares`; empty where no value is present. */
  readonly quantiles: readonly number[];
  /** Where values may lie; null where the feature is constant, or a time. */
  readonly range: RangeContract | null;
  /** Between the 10% and the 90% quantile. */
  readonly inner: Band & { readonly inside: ShareContract };
  /** Medians of the stretches. */
  readonly centre: Band;
  /** Distances from the 10% to the 90% quantile in the stretches. */
  readonly spread: Band;
}

export interface RangeContract extends Band {
  readonly outside: ShareContract;
  /** The range did not hold within the training part itself, so it is no promise: leaving it is noted, and blocks nothing. */
  readonly roams: boolean;
}

export interface CategoricalContract {
  readonly kind: 'categorical';
  readonly missing: ShareContract;
  readonly steadiest: number;
  /** The most frequent, by frequency. */
  readonly categories: readonly string[];
  /** Rows with another category than these. */
  readonly unseen: ShareContract;
  /** New categories kept coming within the training part. */
  readonly roams: boolean;
}

export type ColumnContract = NumericContract | CategoricalContract;

export interface ClassesContract {
  readonly kind: 'classes';
  readonly rows: number;
  readonly classes: readonly ({ readonly name: string; readonly hits: number } & Band)[];
}

export interface ValuesContract {
  readonly kind: 'values';
  readonly rows: number;
  readonly mean: number;
  readonly variance: number;
  /** Means of the stretches. */
  readonly means: Band;
  readonly column: NumericContract;
}

/** What live data are held to: all of it learned from one version's training part, in time order. Plain JSON. */
export interface SchemaContract {
  /** Names its content. */
  readonly version: string;
  readonly rows: number;
  /** Rows of the stretches behind `highest` and the bands. */
  readonly stretchRows: number;
  readonly columns: Readonly<Record<string, ColumnContract>>;
  /** Rows that repeat an earlier one of the same stretch; null for a table without columns. */
  readonly duplicates: ShareContract | null;
  readonly label: ClassesContract | ValuesContract;
}
