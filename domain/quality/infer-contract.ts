import type { Column, DataSchema, FeatureType, Table } from '../table.ts';
import { inferCategories } from './categorical-contract.ts';
import { hashText } from './content-hash.ts';
import type { ColumnContract, SchemaContract, ShareContract } from './contract.ts';
import { countDuplicates } from './duplicates.ts';
import { inferLabels } from './label-contract.ts';
import { inferNumbers } from './numeric-contract.ts';
import { summarizeShares } from './shares.ts';
import { lengthOf, planStretches, type Stretch } from './stretches.ts';

export interface TrainingPart {
  readonly schema: DataSchema;
  readonly table: Table;
  readonly labels: ArrayLike<number>;
}

/** Learns from the rows that a version was trained on, in time order, what rows like them look like. `windowRows` is the usual length of a live window. */
export function inferContract({ schema, table, labels }: TrainingPart, windowRows: number): SchemaContract {
  const stretches = planStretches(table.rowCount, Math.max(1, windowRows));
  const columns = schema.features.flatMap(({ name, type }): [string, ColumnContract][] => {
    const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
    return column === undefined ? [] : [[name, inferColumn(type, column, stretches)]];
  });
  const content = {
    rows: table.rowCount,
    stretchRows: stretches[0] === undefined ? 0 : lengthOf(stretches[0]),
    columns: Object.fromEntries(columns),
    duplicates: columns.length === 0 ? null : inferDuplicates(table, stretches),
    label: inferLabels(schema, labels, stretches),
  };
  return { version: hashText(JSON.stringify(content)), ...content };
}

function inferColumn(type: FeatureType, column: Column, stretches: readonly Stretch[]): ColumnContract {
  if (column.kind === 'categorical') return inferCategories(column.values, stretches);
  return inferNumbers(type === 'categorical' ? 'numeric' : type, column.values, stretches);
}

function inferDuplicates(table: Table, stretches: readonly Stretch[]): ShareContract {
  return summarizeShares(stretches.map((range) => ({ hits: countDuplicates(table, range), rows: lengthOf(range) })));
}
