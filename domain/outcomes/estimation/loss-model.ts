import type { Column, Table } from '../../table.ts';
import { fitLossTree, lookUpLoss, type LossTree } from './loss-tree.ts';

/** Where the losses of a model are large, by its inputs and its prediction; plain JSON. */
export interface LossModel {
  readonly features: readonly FeatureCode[];
  readonly tree: LossTree;
}

/** How a feature becomes numbers: as it is, or the mean loss of its category. */
interface FeatureCode {
  readonly name: string;
  readonly meanLosses: Readonly<Record<string, number>> | null;
}

/** Categories of fewer rows count as the rest does. */
const leastRowsOfCategory = 20;

/** Learns the losses of predictions on the given inputs. The prediction itself is the last column of the tree. */
export function fitLossModel(inputs: Table, predictions: Float64Array, losses: Float64Array): LossModel {
  const features = Object.entries(inputs.columns).map(([name, column]) => ({
    name,
    meanLosses: column.kind === 'numeric' ? null : meanLosses(column.values, losses),
  }));
  return { features, tree: fitLossTree(toNumbers(features, inputs, predictions), losses) };
}

/** The loss that each prediction is expected to have. */
export function expectLosses({ features, tree }: LossModel, inputs: Table, predictions: Float64Array): Float64Array {
  const columns = toNumbers(features, inputs, predictions);
  return Float64Array.from(predictions, (_, row) => lookUpLoss(tree, columns, row));
}

function toNumbers(
  features: readonly FeatureCode[],
  { columns, rowCount }: Table,
  predictions: Float64Array,
): Float64Array[] {
  return [...features.map(({ name, meanLosses: codes }) => code(columns[name], codes, rowCount)), predictions];
}

/** A feature that is gone or has changed its kind is missing in every row. */
function code(column: Column | undefined, codes: FeatureCode['meanLosses'], rows: number): Float64Array {
  if (column?.kind === 'numeric' && codes === null) return column.values;
  if (column?.kind === 'categorical' && codes !== null) {
    return Float64Array.from(column.values, (value) =>
      value !== null && Object.hasOwn(codes, value) ? codes[value]! : Number.NaN,
    );
  }
  return new Float64Array(rows).fill(Number.NaN);
}

function meanLosses(values: readonly (string | null)[], losses: Float64Array): Record<string, number> {
  const totals = new Map<string, { sum: number; rows: number }>();
  values.forEach((value, row) => {
    if (value === null) return;
    const { sum, rows } = totals.get(value) ?? { sum: 0, rows: 0 };
    totals.set(value, { sum: sum + losses[row]!, rows: rows + 1 });
  });
  const common = [...totals].filter(([, { rows }]) => rows >= leastRowsOfCategory);
  return Object.fromEntries(common.map(([value, { sum, rows }]) => [value, sum / rows]));
}
