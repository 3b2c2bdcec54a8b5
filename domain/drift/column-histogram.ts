import type { Column, FeatureType } from '../table.ts';
import { countCategorical, describeCategorical } from './categorical-histogram.ts';
import type { Histogram, HistogramSpec } from './histogram.ts';
import { countNumeric, describeNumeric } from './numeric-histogram.ts';

/** Cuts the cells of a feature on its reference column and counts it on them; booleans are compared as categories. */
export function describeColumn(type: FeatureType, reference: Column): Histogram {
  return type === 'numeric' || type === 'timestamp'
    ? describeNumeric(asNumbers(reference))
    : describeCategorical(asText(reference));
}

/** Counts a window of a feature on the cells that were cut on its reference. */
export function countColumn(spec: HistogramSpec, column: Column): Histogram {
  return spec.kind === 'numeric' ? countNumeric(spec, asNumbers(column)) : countCategorical(spec, asText(column));
}

function asNumbers(column: Column): Float64Array {
  if (column.kind === 'numeric') return column.values;
  throw new Error('A categorical column has no numeric histogram: declare the feature as categorical.');
}

function asText(column: Column): readonly (string | null)[] {
  if (column.kind === 'categorical') return column.values;
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value)));
}
