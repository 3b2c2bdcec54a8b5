import type { DuckDBConnection } from '@duckdb/node-api';
import { assembleCategorical, describeCounted } from '../../domain/drift/categorical-histogram.ts';
import type { CategoricalSpec, Histogram, NumericSpec } from '../../domain/drift/histogram.ts';
import { createNumericCounter, describeNumeric } from '../../domain/drift/numeric-histogram.ts';
import type { Feature } from '../../domain/table.ts';
import { asNumbers, asTexts, queryColumns, quoteName, quoteText } from '../duckdb/columns.ts';
import { streamNumbers } from '../duckdb/stream-numbers.ts';
import { featureExpression } from './infer-schema.ts';

export interface FeatureHistogram {
  readonly feature: Feature;
  readonly histogram: Histogram;
}

/** Columns that are held in memory at once. */
const columnsAtOnce = 16;

/** Cuts the cells of every feature on a window that fits into memory, and counts it on them; in the order of the features. */
export async function describeWindow(
  connection: DuckDBConnection,
  source: string,
  features: readonly Feature[],
): Promise<readonly FeatureHistogram[]> {
  const histograms = new Map<Feature, Histogram>();
  const numeric = features.filter(isNumeric);
  for (let from = 0; from < numeric.length; from += columnsAtOnce) {
    const some = numeric.slice(from, from + columnsAtOnce);
    const { columns } = await queryColumns(
      connection,
      `SELECT ${some.map(featureExpression).join(', ')} FROM ${source}`,
    );
    for (const [index, feature] of some.entries()) histograms.set(feature, describeNumeric(asNumbers(columns[index])));
  }
  for (const feature of features) {
    if (isNumeric(feature)) continue;
    const { rowsOf, missing } = await countCategories(connection, source, feature);
    histograms.set(feature, describeCounted(rowsOf, missing));
  }
  return features.map((feature) => ({ feature, histogram: histograms.get(feature)! }));
}

/** Counts a window of any length on cells that were cut before. Numbers stream through here, categories are counted by DuckDB. */
export async function countWindow(
  connection: DuckDBConnection,
  source: string,
  cut: readonly FeatureHistogram[],
): Promise<readonly FeatureHistogram[]> {
  const numeric = cut.filter(({ feature }) => isNumeric(feature));
  const counters = new Map(
    numeric.map(({ feature, histogram }) => [feature, createNumericCounter(histogram.spec as NumericSpec)]),
  );
  await streamNumbers(
    connection,
    { columns: numeric.map(({ feature }) => featureExpression(feature)), source },
    [...counters.values()].map((counter) => counter.add),
  );
  const counted: FeatureHistogram[] = [];
  for (const { feature, histogram } of cut) {
    const known = counters.get(feature)?.read();
    counted.push({
      feature,
      histogram: known ?? (await countOnCells(connection, source, feature, histogram.spec as CategoricalSpec)),
    });
  }
  return counted;
}

function isNumeric({ type }: Feature): boolean {
  return type === 'numeric' || type === 'timestamp';
}

function textExpression({ name }: Feature): string {
  return `CAST(${quoteName(name)} AS VARCHAR)`;
}

async function countCategories(connection: DuckDBConnection, source: string, feature: Feature) {
  const { columns } = await queryColumns(
    connection,
    `SELECT ${textExpression(feature)}, CAST(count(*) AS DOUBLE) FROM ${source} GROUP BY 1`,
  );
  return toCategoryRows(asTexts(columns[0]), asNumbers(columns[1]));
}

/** Categories without a cell are told apart from missing values, but not from each other: there may be one in every row. */
async function countOnCells(
  connection: DuckDBConnection,
  source: string,
  feature: Feature,
  spec: CategoricalSpec,
): Promise<Histogram> {
  const cells =
    spec.top.length === 0
      ? 'SELECT CAST(NULL AS VARCHAR) WHERE false'
      : `VALUES ${spec.top.map((name) => `(${quoteText(name)})`).join(', ')}`;
  const { columns } = await queryColumns(
    connection,
    `SELECT cell, CAST(count(*) AS DOUBLE), CAST(count(value) AS DOUBLE)
     FROM (SELECT ${textExpression(feature)} AS value FROM ${source}) LEFT JOIN (${cells}) AS cells(cell) ON value = cell GROUP BY 1`,
  );
  const { rowsOf, missing: withoutCell } = toCategoryRows(asTexts(columns[0]), asNumbers(columns[1]));
  const other = asNumbers(columns[2])[asTexts(columns[0]).indexOf(null)] ?? 0;
  return assembleCategorical(spec, rowsOf, { other, missing: withoutCell - other });
}

function toCategoryRows(names: readonly (string | null)[], counts: Float64Array) {
  const rowsOf = new Map<string, { readonly rows: number }>();
  let missing = 0;
  names.forEach((name, index) => {
    if (name === null) missing = counts[index]!;
    else rowsOf.set(name, { rows: counts[index]! });
  });
  return { rowsOf, missing };
}
