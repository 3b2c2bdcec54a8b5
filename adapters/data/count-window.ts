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

/** Two connections to one database: DuckDB counts categories on one while numbers come in by the other. */
export interface CountingConnections {
  readonly numbers: DuckDBConnection;
  readonly categories: DuckDBConnection;
}

type Counted = ReadonlyMap<Feature, Histogram>;

/** Columns that are held in memory at once. */
const columnsAtOnce = 16;

/** Cuts the cells of every feature on a window that fits into memory, and counts it on them; in the order of the features. */
export async function describeWindow(
  { numbers, categories }: CountingConnections,
  source: string,
  features: readonly Feature[],
): Promise<readonly FeatureHistogram[]> {
  const found = await Promise.all([
    describeCategories(
      categories,
      source,
      features.filter((feature) => !isNumeric(feature)),
    ),
    describeNumbers(numbers, source, features.filter(isNumeric)),
  ]);
  return features.map((feature) => ({ feature, histogram: (found[0].get(feature) ?? found[1].get(feature))! }));
}

/** Counts a window of any length on cells that were cut before. Numbers stream through here, categories are counted by DuckDB. */
export async function countWindow(
  { numbers, categories }: CountingConnections,
  source: string,
  cut: readonly FeatureHistogram[],
): Promise<readonly FeatureHistogram[]> {
  const found = await Promise.all([
    countCategoriesOnCells(
      categories,
      source,
      cut.filter(({ feature }) => !isNumeric(feature)),
    ),
    countNumbers(
      numbers,
      source,
      cut.filter(({ feature }) => isNumeric(feature)),
    ),
  ]);
  return cut.map(({ feature }) => ({ feature, histogram: (found[0].get(feature) ?? found[1].get(feature))! }));
}

async function describeNumbers(
  connection: DuckDBConnection,
  source: string,
  features: readonly Feature[],
): Promise<Counted> {
  const histograms = new Map<Feature, Histogram>();
  for (let from = 0; from < features.length; from += columnsAtOnce) {
    const some = features.slice(from, from + columnsAtOnce);
    const { columns } = await queryColumns(
      connection,
      `SELECT ${some.map(featureExpression).join(', ')} FROM ${source}`,
    );
    for (const [index, feature] of some.entries()) histograms.set(feature, describeNumeric(asNumbers(columns[index])));
  }
  return histograms;
}

async function describeCategories(
  connection: DuckDBConnection,
  source: string,
  features: readonly Feature[],
): Promise<Counted> {
  const histograms = new Map<Feature, Histogram>();
  for (const feature of features) {
    const { rowsOf, missing } = await countCategories(connection, source, feature);
    histograms.set(feature, describeCounted(rowsOf, missing));
  }
  return histograms;
}

async function countNumbers(
  connection: DuckDBConnection,
  source: string,
  cut: readonly FeatureHistogram[],
): Promise<Counted> {
  const counters = cut.map(({ histogram }) => createNumericCounter(histogram.spec as NumericSpec));
  await streamNumbers(
    connection,
    { columns: cut.map(({ feature }) => featureExpression(feature)), source },
    counters.map((counter) => counter.add),
  );
  return new Map(cut.map(({ feature }, index) => [feature, counters[index]!.read()]));
}

async function countCategoriesOnCells(
  connection: DuckDBConnection,
  source: string,
  cut: readonly FeatureHistogram[],
): Promise<Counted> {
  const histograms = new Map<Feature, Histogram>();
  for (const { feature, histogram } of cut)
    histograms.set(feature, await countOnCells(connection, source, feature, histogram.spec as CategoricalSpec));
  return histograms;
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
